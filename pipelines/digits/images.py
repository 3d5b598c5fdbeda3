"""Images of digits: where they come from, and how they are made ready."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits

from generated.formulas.digit_images_held_back_v1 import DigitImagesHeldBackInputs
from generated.formulas.digit_images_raw_v1 import DigitImagesRawInputs
from generated.formulas.digit_images_scaled_v1 import DigitImagesScaledInputs
from generated.formulas.digit_images_training_v1 import DigitImagesTrainingInputs


def ingest(_: DigitImagesRawInputs) -> dict[str, np.ndarray]:
    digits = load_digits()
    return {
        "id": np.arange(len(digits.images), dtype=np.int32),
        "pixels": digits.images.astype(np.float32),
        "label": digits.target.astype(np.int8),
    }


def scale(inputs: DigitImagesScaledInputs) -> dict[str, np.ndarray]:
    raw = inputs.raw.columns
    return {"id": raw.id, "pixels": raw.pixels / 16, "label": raw.label}


def training_part(inputs: DigitImagesTrainingInputs) -> pd.DataFrame:
    images = inputs.images.to_pandas()
    return images[images["id"] % 4 != 0]


def held_back_part(inputs: DigitImagesHeldBackInputs) -> pd.DataFrame:
    images = inputs.images.to_pandas()
    return images[images["id"] % 4 == 0]
