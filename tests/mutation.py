"""A real body with one thing in it exchanged, for whoever reads what platforms send."""

import json
from typing import Any

from hypothesis import strategies as st

RUBBISH: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**30), max_value=10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(), max_size=3)
    | st.just({})
    | st.just([])
    | st.just([[{}]])
)


def mutated(data: st.DataObject, sample: Any, spared: str = "") -> bytes:
    """Somewhere on a random way down there is rubbish now; the key `spared` stays."""
    body = json.loads(json.dumps(sample))
    node: Any = body
    while True:
        keys = sorted(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from([k for k in keys if k != spared]))
        if not isinstance(node[key], dict | list) or not node[key] or data.draw(st.booleans()):
            node[key] = data.draw(RUBBISH)
            return json.dumps(body).encode()
        node = node[key]
