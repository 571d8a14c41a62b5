"""The wire of C2: orders told to a head-end, and what it says of them.

In: messages, and the records that `storage.orders` keeps. Out: SOAP 1.1 both ways, results of orders. `soap` and
`wsdl` are pure; `calling` calls, `listener` is called. Imports storage and below.
"""
