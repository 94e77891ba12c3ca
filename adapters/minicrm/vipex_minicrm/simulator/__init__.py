"""A simulated MiniCRM: a program of its own that behaves as ``facts/minicrm.md`` section 4 says.

It is not MiniCRM, and says so on every page.

    python -m vipex_minicrm.simulator --port 0 --json

Each behaviour is tagged in the module that has it: **[D]** documented by MiniCRM, **[L]** observed on live tenants,
**[I: name]** assumed, and then *name* is its switch in :mod:`~vipex_minicrm.simulator.switches`; where an assumption
has none, **[I, no switch]**, the module says why. Its people, numbers and keys are invented. Faults can be ordered: see
:mod:`~vipex_minicrm.simulator.faults`.
"""

from vipex_minicrm.simulator.app import create_app
from vipex_minicrm.simulator.fixture import REST_KEY, SYSTEM_ID, VOIP_KEY
from vipex_minicrm.simulator.simulation import Simulation
from vipex_minicrm.simulator.switches import Switches

__all__ = ["REST_KEY", "SYSTEM_ID", "VOIP_KEY", "Simulation", "Switches", "create_app"]
