"""The command line: parses, calls one function of ``correlate``, prints, and ends with an exit code."""
