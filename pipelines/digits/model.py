"""The model that reads digits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from generated.catalogs.digit_images_scaled_v1 import DigitImagesScaledBatch
from generated.pipelines.train_digits_v1 import TrainInputs, TrainOutputs
from jeyn import model_store


def as_matrix(images: DigitImagesScaledBatch) -> NDArray[np.float32]:
    pixels = images.columns.pixels
    return pixels.reshape(len(pixels), -1)


def digits_in(images: DigitImagesScaledBatch) -> NDArray[np.int8]:
    return images.columns.label


def untrained(inverse_strength: float) -> LogisticRegression:
    return LogisticRegression(C=inverse_strength, max_iter=1000)


def train(inputs: TrainInputs) -> TrainOutputs:
    model = untrained(inputs.parameters.C)
    model.fit(as_matrix(inputs.images), digits_in(inputs.images))
    accuracy = model.score(as_matrix(inputs.held_back), digits_in(inputs.held_back))
    return TrainOutputs(
        checkpoint=model_store.save(
            model,
            trained_on=inputs.images,
            evaluated_on=inputs.held_back,
            metrics={"accuracy": accuracy},
        )
    )


def predict(model: LogisticRegression, images: DigitImagesScaledBatch) -> dict[str, np.ndarray]:
    probabilities = model.predict_proba(as_matrix(images))
    return {
        "id": images.columns.id,
        "digit": probabilities.argmax(axis=1).astype(np.int8),
        "confidence": probabilities.max(axis=1),
    }
