#!/usr/bin/env python3
"""Fit a line through the points "x y" that are read from standard input."""
import sys

import numpy

x, y = numpy.loadtxt(sys.stdin, unpack=True)
slope, offset = numpy.linalg.lstsq(numpy.vstack([x, numpy.ones(len(x))]).T, y, rcond=None)[0]
print(f"y = {slope:.3g}x + {offset:.3g}")
