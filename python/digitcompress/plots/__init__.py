"""Plots: functions that draw results into axes they are given, and return them."""

from digitcompress.plots._accuracy import compare_settings as compare_settings
from digitcompress.plots._accuracy import published_points as published_points
from digitcompress.plots._curves import band_curve as band_curve
from digitcompress.plots._curves import class_curves as class_curves
from digitcompress.plots._predictions import digit_image as digit_image
from digitcompress.plots._predictions import probability_bars as probability_bars
from digitcompress.plots._styles import PALETTE as PALETTE
from digitcompress.plots._styles import Style as Style
from digitcompress.plots._styles import new_figure as new_figure
from digitcompress.plots._styles import styles as styles
from digitcompress.plots._tables import table as table
