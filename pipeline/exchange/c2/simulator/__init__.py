"""A head-end to try orders with: takes them, fetches order and media, checks them, remembers, tells the result.

In: ExecCmd. Out: ResultNotify and an answer file. It holds to what is known of head-ends, and can misbehave as some of
them do (`faults`). Imports `exchange.c2` and below.
"""
