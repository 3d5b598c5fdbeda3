def fit(readings, rate):
    return None


async def clean(inputs):
    return inputs


def predict(model, *, batch):
    return batch
