"""Speed, measured: `make bench`. Medians and ratios within one run; never an assertion in the test suite."""
