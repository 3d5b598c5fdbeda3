"""Load the newest checkpoint and let it read images that it was not trained on."""

from __future__ import annotations

import jeyn
from pipelines.digits.model import as_matrix

checkpoint = jeyn.load("digit-recognition#latest")
images = jeyn.load("digit-images-held-back#latest")

written = images.columns.label[:20]
read = checkpoint.model.predict(as_matrix(images)[:20])
print(
    f"{checkpoint.reference} has an accuracy of {checkpoint.metrics['accuracy']:.1%} on {len(images)} images held back"
)
print("written", *written)
print("read   ", *read)
