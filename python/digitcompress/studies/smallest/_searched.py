"""What the search found: its last round by network, and the choice."""

from collections.abc import Sequence

from digitcompress.studies.smallest._rows import Row, average
from digitcompress.studies.smallest._search import fronts


def final_networks(searched: Sequence[Row]) -> dict[str, list[Row]]:
    """Return the rows of the last round by network, from few parameters to many."""
    last = max((row["round"] for row in searched), default=0)
    found: dict[str, list[Row]] = {}
    for row in sorted((row for row in searched if row["round"] == last), key=lambda row: row["parameters"]):
        found.setdefault(row["network"], []).append(row)
    return found


def pareto_front(searched: Sequence[Row]) -> list[str]:
    """Return the networks of the last round that none with as few parameters beats on validation images."""
    found = final_networks(searched)
    points = [(rows[0]["parameters"], average(rows, "validation_accuracy")) for rows in found.values()]
    names = list(found)
    return [names[place] for place in fronts(points)[0]] if names else []


def best_network(searched: Sequence[Row], *, at_most: int) -> str | None:
    """Return the network with the best validation accuracy among those that are small enough."""
    found = {name: rows for name, rows in final_networks(searched).items() if rows[0]["parameters"] <= at_most}
    return max(found, key=lambda name: average(found[name], "validation_accuracy"), default=None)
