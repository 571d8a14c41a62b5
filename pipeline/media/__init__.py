"""What we know of formats. In: bytes and numbers. Out: facts. Pure: starts nothing, imports `model` and below."""
