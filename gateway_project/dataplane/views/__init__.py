"""The endpoints of the data plane."""
