"""A store held to what its markers and manifests say."""
