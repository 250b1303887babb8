"""Starting the house: engines, migrations, the processes that serve, and stopping them all.

Nothing here reads Django's settings before the engines' addresses are known, because the
settings need those addresses.
"""
