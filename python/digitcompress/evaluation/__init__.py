"""Evidence: accuracy with its interval, what each class gets, and what a network costs."""

from digitcompress.evaluation._cost import size_bytes as size_bytes
from digitcompress.evaluation._evaluate import evaluate as evaluate
from digitcompress.evaluation._metrics import confusion_matrix as confusion_matrix
from digitcompress.evaluation._metrics import precision_recall as precision_recall
from digitcompress.evaluation._metrics import wilson_interval as wilson_interval
from digitcompress.evaluation._report import Report as Report
