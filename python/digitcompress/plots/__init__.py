"""Plots: colour-blind safe, without pyplot and its global state.

Functions that take ``ax`` draw into it and return it. The others return a ``matplotlib.figure.Figure``: a new one, or the one of the
``axes`` they are given. `save` writes any figure as SVG and PNG.
"""

from digitcompress.plots._accuracy import compare_settings as compare_settings
from digitcompress.plots._accuracy import published_points as published_points
from digitcompress.plots._confusion import confusion as confusion
from digitcompress.plots._curves import band_curve as band_curve
from digitcompress.plots._curves import class_curves as class_curves
from digitcompress.plots._files import figure_files as figure_files
from digitcompress.plots._files import save as save
from digitcompress.plots._filters import filters as filters
from digitcompress.plots._predictions import digit_image as digit_image
from digitcompress.plots._predictions import misclassified as misclassified
from digitcompress.plots._predictions import probability_bars as probability_bars
from digitcompress.plots._styles import PALETTE as PALETTE
from digitcompress.plots._styles import Style as Style
from digitcompress.plots._styles import new_figure as new_figure
from digitcompress.plots._styles import styles as styles
from digitcompress.plots._tables import table as table
from digitcompress.plots._training import curves as curves
