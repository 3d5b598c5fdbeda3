"""Fits the models of the tests and writes each with its serializer: `python fitted_models.py FOLDER [BALLAST]`.

Run in a process of its own, so that a test can compare what two processes wrote. BALLAST objects are made first, to
move everything that follows to other addresses. Prints the canonical digests as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, VotingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from jeyn.serializers.table import choose

ROWS = np.random.default_rng(7).normal(size=(120, 4))
CLASSES = (ROWS[:, 0] + ROWS[:, 1] > 0).astype(int)
MIXED = np.column_stack([ROWS, np.where(ROWS[:, 2] > 0, "north", "south")]).astype(object)
TEXTS = ["the cat sat", "the dog sat on a mat", "a cat and a dog", "on and on"]


def models() -> dict[str, object]:
    columns = ColumnTransformer([("numbers", StandardScaler(), [0, 1, 2, 3]), ("region", OneHotEncoder(), [4])])
    forest = RandomForestClassifier(n_estimators=8, random_state=0)
    voters = [("forest", forest), ("linear", LogisticRegression())]
    letters = "abcdefghijklmnop"
    words = FunctionTransformer(kw_args={"a set": set(letters), "frozen": frozenset(letters)})
    return {
        "linear": make_pipeline(StandardScaler(), LogisticRegression()).fit(ROWS, CLASSES),
        "forest": forest.fit(ROWS, CLASSES),
        "columns": Pipeline([("columns", columns), ("linear", LogisticRegression())]).fit(MIXED, CLASSES),
        "voting": VotingClassifier(voters).fit(ROWS, CLASSES),
        "boosting": HistGradientBoostingClassifier(max_iter=5, random_state=0).fit(ROWS, CLASSES),
        "texts": TfidfVectorizer(stop_words=["the", "a"]).fit(TEXTS),
        "sparse": KNeighborsClassifier().fit(csr_matrix(ROWS * (ROWS > 0)), CLASSES),
        "sets": words.fit(ROWS),
        "search": GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=3).fit(ROWS, CLASSES),
        "weights": {name: ROWS.astype("f4") for name in frozenset(("kernel", "bias", "scale"))},
        "rules": {"threshold": 0.5, "names": ["north", "south"], "limits": {"low": 1, "high": None}},
    }


def main() -> None:
    folder, ballast = Path(sys.argv[1]), [object() for _ in range(int(sys.argv[2]))]
    digests = {name: choose(model).dump(model, folder / name).canonical for name, model in models().items()}
    print(json.dumps(digests), len(ballast), sep="\n")


if __name__ == "__main__":
    main()
