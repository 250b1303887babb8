"""What we must know of a request's body before it goes anywhere, and what we refuse early.

Only what the gateway acts on, or what every provider would refuse, is checked here; all
other fields, unknown ones too, go on as they came. A request that has to be translated is
read whole by its dialect besides.
"""
