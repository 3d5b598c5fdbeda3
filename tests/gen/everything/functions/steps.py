"""What the steps name."""

from __future__ import annotations

from generated.pipelines.everything_v1 import (
    AgainInputs,
    AgainOutputs,
    ChooseInputs,
    ChooseOutputs,
    None_Inputs,
    None_Outputs,
    PairInputs,
    PairOutputs,
    Step_Inputs,
    Step_Outputs,
    SweepInputs,
    SweepOutputs,
    TrainInputs,
    TrainOutputs,
)

from jeyn import artefact_store, dataset_store, model_store


def train(inputs: TrainInputs) -> TrainOutputs:
    checkpoint = model_store.save([inputs.parameters.rate], trained_on=inputs.numbers, metrics={"accuracy": 1.0})
    summary = artefact_store.save({"rows.json": len(inputs.wide)}, describes=checkpoint)
    return TrainOutputs(checkpoint=checkpoint, summary=summary)


def last(inputs: Step_Inputs) -> Step_Outputs:
    return Step_Outputs(table=dataset_store.save({"guess": inputs.guesses.columns.guess}))


def nothing(_: None_Inputs) -> None_Outputs | None:
    return None


def sweep(inputs: SweepInputs) -> SweepOutputs:
    checkpoint = model_store.save([inputs.parameters.rate], trained_on=inputs.numbers)
    return SweepOutputs(checkpoint=checkpoint, note=artefact_store.save(str(inputs.parameters.cost)))


def pair(inputs: PairInputs) -> PairOutputs:
    return PairOutputs(batch=dataset_store.save(inputs.numbers))


def choose(inputs: ChooseInputs) -> ChooseOutputs:
    rates = [{"rate": checkpoint.model[0]} for checkpoint in inputs.checkpoints]
    best = max(inputs.batches, key=len)
    notes = [note.read("report.txt") for note in inputs.notes]
    return ChooseOutputs(settings=artefact_store.save(rates, describes=best, metadata={"notes": notes}))


def again(_: AgainInputs) -> AgainOutputs | None:
    return None
