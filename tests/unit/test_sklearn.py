"""DigitClassifier: scikit-learn's own checks, its tools, and that it trains the network it says."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

pytest.importorskip("sklearn", reason="needs scikit-learn, from the extra 'sklearn'")

from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import digitcompress as dc
from digitcompress.sklearn import DigitClassifier
from reference.losses import softmax

# Bytes are divided after the first product, floats before it; ten epochs pass that on.
FLOAT32_TRAINING_RTOL = 1e-3
EXPECTED_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data": "shuffled mini-batches: a sample of weight 2 is drawn once, a repeated one twice",
}
CHECKED = [
    DigitClassifier(),
    DigitClassifier(hidden_layer_sizes=(16, 8), class_weight="balanced", scaling="none", optimizer="sgd", learning_rate=0.3),
    DigitClassifier(early_stopping=True, validation_fraction=0.2, epochs=50),
    DigitClassifier(recipe=[dc.Pruning(0.3), dc.Quantization(weights=8)]),
]


@parametrize_with_checks(CHECKED, expected_failed_checks=lambda estimator: EXPECTED_FAILURES)
def test_scikit_learn_s_checks(estimator, check):
    check(estimator)


def classifier(**options):
    return DigitClassifier(**({"hidden_layer_sizes": (16,), "epochs": 10, "random_state": 0} | options))


@pytest.fixture(scope="module")
def digits(digits):
    """Digits that use the whole range of bytes, as real ones do."""
    images, labels = digits
    images = images.copy()
    images[0, 14, 14] = 255
    return images, labels


@pytest.fixture(scope="module")
def fitted(digits):
    return classifier().fit(*digits)


def table_of(digits):
    pandas = pytest.importorskip("pandas", reason="needs pandas, from the extra 'study'")
    return pandas.DataFrame(digits[0].reshape(600, 784))


FORMS = {
    "rows": lambda digits: digits[0].reshape(600, 784),
    "channels": lambda digits: digits[0][:, None],
    "int64": lambda digits: digits[0].astype(np.int64),
    "float64": lambda digits: digits[0].astype(np.float64),
    "lists": lambda digits: digits[0].tolist(),
    "pandas": table_of,
}


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_same_pixels_gives_the_same(form, fitted, digits):
    images, labels = digits
    other = classifier().fit(FORMS[form](digits), labels)
    assert other.n_features_in_ == fitted.n_features_in_ == 784
    assert_allclose(other.predict_proba(FORMS[form](digits)), fitted.predict_proba(images), rtol=FLOAT32_TRAINING_RTOL)
    assert_allclose(other.predict_proba(images), fitted.predict_proba(FORMS[form](digits)), rtol=FLOAT32_TRAINING_RTOL)


def test_it_trains_as_fit_does(fitted, digits):
    """Pixels in 0..1 and the seed drawn from the random state: nothing else happens."""
    images, labels = digits
    seed = int(np.random.RandomState(0).randint(2**31 - 1))
    net = dc.models.mlp([784, 16, 10], seed=seed)
    history = dc.fit(net, (images, labels), optimizer="adam", epochs=10, seed=seed, progress=False)
    assert_array_equal(fitted.network_.parameters["fc1.weight"], net.parameters["fc1.weight"])
    assert fitted.loss_curve_ == history.columns["loss"].tolist()
    assert fitted.n_iter_ == 10


def test_predictions_follow_from_the_logits(fitted, digits):
    images, labels = digits
    logits = fitted.network_.forward(images)
    assert_array_equal(fitted.decision_function(images), logits)
    assert_allclose(fitted.predict_proba(images), softmax(logits.astype(np.float64)), rtol=1e-12)
    assert_array_equal(fitted.predict(images), logits.argmax(axis=1))
    assert fitted.score(images, labels) == np.mean(logits.argmax(axis=1) == labels) > 0.5


def test_two_classes_have_one_decision(digits):
    images, labels = digits
    names = np.where(labels < 5, "low", "high")
    two = classifier().fit(images, names)
    assert two.classes_.tolist() == ["high", "low"]
    decision = two.decision_function(images)
    assert_array_equal(decision, np.diff(two.network_.forward(images))[:, 0])
    assert_array_equal(two.predict(images), np.where(decision > 0, "low", "high"))


def test_threads_change_nothing(digits):
    one, many = (classifier(threads=threads, epochs=3).fit(*digits) for threads in (1, 8))
    assert_array_equal(one.network_.parameters["fc1.weight"], many.network_.parameters["fc1.weight"])
    assert_array_equal(one.decision_function(digits[0]), many.decision_function(digits[0]))


def test_seeds_matter_and_none_draws_one(digits):
    weights = [classifier(random_state=state, epochs=1).fit(*digits).network_.parameters["fc1.weight"] for state in (1, 2, None, None)]
    assert len({values.tobytes() for values in weights}) == 4


def test_full_batches_record_every_epoch(digits):
    assert len(classifier(batch_size=None, epochs=7).fit(*digits).loss_curve_) == 7


def test_early_stopping_keeps_the_best_epoch(digits):
    """Labels without meaning: what is learnt of them makes the held-out ones worse."""
    images, _ = digits
    labels = np.random.default_rng(0).integers(0, 10, size=600)
    stopped = classifier(early_stopping=True, validation_fraction=0.25, n_iter_no_change=3, epochs=200).fit(images, labels)
    losses = stopped.history_.columns["val_loss"]
    assert stopped.n_iter_ == len(losses) == len(stopped.validation_scores_) < 200
    assert losses.argmin() == stopped.n_iter_ - 1 - 4
    again = classifier(early_stopping=True, validation_fraction=0.25, epochs=int(losses.argmin()) + 1).fit(images, labels)
    assert_array_equal(stopped.network_.parameters["fc1.weight"], again.network_.parameters["fc1.weight"])


def test_held_out_samples_are_not_trained_on(digits):
    stopped = classifier(early_stopping=True, validation_fraction=0.25).fit(*digits)
    columns = stopped.history_.columns
    assert set(columns["samples"]) == {450}
    assert set(columns["val_confusion"].sum(axis=(1, 2))) == {150}


def rare_fives(digits):
    images, labels = digits
    kept = (labels != 5) | (np.cumsum(labels == 5) <= 6)
    return images[kept], np.array([f"digit {label}" for label in labels[kept]])


def test_balanced_weights_are_those_of_the_definition(digits):
    images, names = rare_fives(digits)
    weights = {name: len(names) / (10 * np.sum(names == name)) for name in np.unique(names)}
    balanced = classifier(class_weight="balanced").fit(images, names)
    given = classifier(class_weight=weights).fit(images, names)
    plain = classifier().fit(images, names)
    assert_array_equal(balanced.decision_function(images), given.decision_function(images))
    fives = digits[0][digits[1] == 5]
    assert np.mean(balanced.predict(fives) == "digit 5") > np.mean(plain.predict(fives) == "digit 5")


def test_a_sample_of_weight_zero_is_not_learnt_from(digits):
    images, labels = digits
    wrong = np.where(np.arange(600) % 3 == 0, (labels + 1) % 10, labels)
    weighted = classifier().fit(images, wrong, sample_weight=wrong == labels)
    assert weighted.score(images, labels) > classifier().fit(images, wrong).score(images, labels)


def test_a_recipe_compresses_for_good(digits):
    small = classifier(recipe=[dc.Pruning(0.75)]).fit(*digits)
    assert not small.network_.is_prepared
    zeros = (small.network_.parameters["fc1.weight"] == 0).mean()
    assert zeros == pytest.approx(0.75, abs=1e-3)


def perceptron(*, input_shape, classes, seed):
    return dc.Network(input_shape, [dc.layers.Flatten(), dc.layers.Dense(classes)], seed=seed)


@pytest.mark.parametrize(
    ("images", "shape"),
    [(np.zeros((4, 64)), (1, 8, 8)), (np.zeros((4, 6, 5)), (1, 6, 5)), (np.zeros((4, 3, 6, 5)), (3, 6, 5)), (np.zeros((4, 7)), (7, 1, 1))],
    ids=["square", "images", "channels", "features"],
)
def test_a_function_makes_the_network_for_the_images(images, shape):
    own = classifier(model=perceptron).fit(images, ["a", "b", "c", "a"])
    assert own.network_.input_shape == shape
    assert own.network_.classes == 3


def convolutional(*, input_shape, classes, seed):
    layers = [dc.layers.Conv2d(4), dc.layers.ReLU(), dc.layers.MaxPool2d(2), dc.layers.Flatten(), dc.layers.Dense(classes)]
    return dc.Network(input_shape, layers, seed=seed)


def test_rows_are_images_to_a_model_of_images(digits):
    images, labels = digits
    of_rows = classifier(model=convolutional, epochs=2).fit(images.reshape(600, 784), labels)
    of_images = classifier(model=convolutional, epochs=2).fit(images, labels)
    assert of_rows.network_.input_shape == (1, 28, 28)
    assert_array_equal(of_rows.decision_function(images), of_images.decision_function(images))


def test_a_model_by_name_is_the_one_of_that_name(digits):
    named = classifier(model="lenet300", epochs=1).fit(*digits)
    assert named.network_.parameter_count == dc.models.lenet300().parameter_count


def test_a_named_model_needs_its_pixels_and_classes(digits):
    images, labels = digits
    with pytest.raises(dc.ShapeError, match=r"\(1, 8, 8\) and 2 classes, got one for \(1, 28, 28\) and 10"):
        classifier(model="lenet300").fit(images[:, 10:18, 10:18], labels < 5)


def too_small(*, input_shape, classes, seed):
    return dc.models.mlp([784, 2], seed=seed)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"model": "perceptron"}, dc.DataError, "unknown model 'perceptron'; known: .*mlp"),
        ({"model": 7}, TypeError, "model"),
        ({"model": too_small}, dc.ShapeError, "10 classes, got .* 2"),
        ({"scaling": "standard"}, dc.DataError, "unknown scaling 'standard'; known: max_abs, none"),
        ({"optimizer": dc.optimizers.SGD(0.1), "learning_rate": 0.1}, dc.DataError, "learning_rate must be None"),
        ({"learning_rate": -1.0}, ValueError, "learning_rate"),
        ({"loss": "huber"}, dc.DataError, "unknown loss"),
        ({"loss": "reconstruction"}, dc.DataError, "compare with labels"),
        ({"epochs": 0.5}, TypeError, "epochs"),
        ({"early_stopping": True, "validation_fraction": 1.5}, ValueError, "validation"),
        ({"early_stopping": True, "n_iter_no_change": -1}, dc.DataError, "patience"),
        ({"class_weight": "fair"}, ValueError, "class_weight"),
        ({"recipe": ["prune"]}, TypeError, "passes"),
        ({"threads": 0}, dc.DataError, "threads"),
    ],
)
def test_parameters_that_do_not_fit_are_refused_by_fit(options, error, message, digits):
    with pytest.raises(error, match=message):
        classifier(**options).fit(*digits)


def test_images_of_another_size_are_refused(fitted, digits):
    with pytest.raises(ValueError, match="729 features"):
        fitted.predict(digits[0][:, :27, :27])


def test_an_unfitted_classifier_says_so(digits):
    with pytest.raises(NotFittedError):
        classifier().predict(digits[0])


def test_bytes_are_divided_by_255_even_when_all_are_dark():
    assert classifier(epochs=1).fit(np.full((4, 9), 3, dtype=np.uint8), [0, 1, 0, 1]).scale_ == 255.0
    assert classifier(epochs=1).fit(np.full((4, 9), -3), [0, 1, 0, 1]).scale_ == 3.0
    assert classifier(epochs=1, scaling="none").fit(np.full((4, 9), -3), [0, 1, 0, 1]).scale_ == 1.0


def test_zeros_can_be_learnt_from():
    fitted = classifier(epochs=1).fit(np.zeros((4, 9)), [0, 1, 0, 1])
    assert fitted.scale_ == 1.0
    assert np.isfinite(fitted.predict_proba(np.ones((1, 9)))).all()


def test_it_pickles_and_clones(fitted, digits):
    again = pickle.loads(pickle.dumps(fitted))
    assert_array_equal(again.predict_proba(digits[0]), fitted.predict_proba(digits[0]))
    copy = clone(fitted)
    assert copy.get_params() == fitted.get_params()
    assert not hasattr(copy, "network_")


def test_it_works_in_a_grid_search_of_a_pipeline(digits):
    images, labels = digits
    pipeline = make_pipeline(StandardScaler(), classifier(epochs=2))
    grid = {"digitclassifier__hidden_layer_sizes": [(2,), (32,)], "digitclassifier__recipe": [None, [dc.Pruning(0.5)]]}
    search = GridSearchCV(pipeline, grid, cv=2, n_jobs=1).fit(images.reshape(600, 784), labels)
    assert search.best_params_["digitclassifier__hidden_layer_sizes"] == (32,)
    assert len(search.cv_results_["params"]) == 4


def test_it_works_with_cross_validation_and_calibration(digits):
    images, labels = digits
    rows = images.reshape(600, 784)
    assert cross_val_score(classifier(), rows, labels, cv=3).min() > 0.5
    calibrated = CalibratedClassifierCV(classifier(epochs=3), cv=2).fit(rows, labels)
    assert_allclose(calibrated.predict_proba(rows).sum(axis=1), 1)


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_scikit_learn_is_imported_on_demand():
    result = run("import sys, digitcompress as dc; assert 'sklearn' not in sys.modules; print(dc.sklearn.DigitClassifier.__name__)")
    assert result.stdout.strip() == "DigitClassifier", result.stderr


def test_without_scikit_learn_the_error_has_the_pip_line():
    result = run("import sys; sys.modules['sklearn'] = None; import digitcompress as dc; dc.sklearn")
    assert result.returncode == 1
    last = result.stderr.splitlines()[-1]
    assert (
        'MissingExtraError: digitcompress.sklearn needs the package sklearn, which is not installed: pip install "digitcompress[sklearn]"'
        in last
    )


def test_an_unknown_name_of_the_package_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'tensorflow'"):
        _ = dc.tensorflow


def test_logarithms_are_those_of_the_probabilities(fitted, digits):
    assert_allclose(np.exp(fitted.predict_log_proba(digits[0])), fitted.predict_proba(digits[0]), rtol=1e-12)
    assert np.isfinite(fitted.predict_log_proba(digits[0] * np.uint8(3))).all()


def test_schedule_and_augmentation_are_those_of_fit(digits):
    images, labels = digits
    options = {"schedule": "cosine", "augmentation": dc.augmentation.Shift(2)}
    found = classifier(**options).fit(images, labels)
    network = dc.models.mlp([784, 16, 10], seed=int(np.random.RandomState(0).randint(2**31 - 1)))
    history = dc.fit(
        network,
        (images, labels),
        optimizer="adam",
        epochs=10,
        seed=int(np.random.RandomState(0).randint(2**31 - 1)),
        progress=False,
        **options,
    )
    assert found.loss_curve_ == history.columns["loss"].tolist()
    assert found.loss_curve_ != classifier().fit(images, labels).loss_curve_
