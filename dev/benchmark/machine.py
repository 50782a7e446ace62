"""What processes have used, as Linux says it in /proc."""

import asyncio
import os
import platform
import time
from collections.abc import Mapping
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
# Of a core, by each process: they look for work now and then.
_QUIET_SHARE = 0.03
_QUIET_SECONDS = 0.4
_MOST_WAIT_SECONDS = 8.0


def check() -> None:
    """Ends the program where there is no /proc."""
    if not Path("/proc/self/stat").exists():
        raise SystemExit("The benchmark reads CPU time and memory from /proc: it needs Linux.")


def cpu_seconds(pids: Mapping[str, int]) -> dict[str, float]:
    """CPU time that each process has used since it began, by its name; the clock has hundredths."""
    return {name: _cpu_seconds(pid) for name, pid in pids.items()}


def _cpu_seconds(pid: int) -> float:
    # The name, in brackets, may have spaces.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def since(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """What came on top of `before`."""
    return {name: round(after[name] - value, 3) for name, value in before.items()}


def default_mongod_cache_gb() -> float:
    """How much of its data a mongod keeps in memory unless it is told: half of the memory, less 1 GB (MongoDB's manual,
    storage.wiredTiger.engineConfig.cacheSizeGB)."""
    gigabytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return round(max(0.25, (gigabytes - 1) / 2), 2)


def busy_seconds() -> float:
    """CPU time that all programs of the machine have used since it started, and what its host took for others."""
    user, nice, system, _, _, irq, softirq, steal = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / _TICKS


class Meter:
    """What `pids` use, and what everybody else does, from now on."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = pids
        self._started, self._busy, self._cpu = time.monotonic(), busy_seconds(), cpu_seconds(pids)

    def read(self, generators: float = 0.0) -> tuple[dict[str, float], float]:
        """CPU seconds by process, and which share of the processor others used. `generators`: CPU seconds of load
        generators, which have ended."""
        used = since(self._cpu, cpu_seconds(self._pids))
        foreign = busy_seconds() - self._busy - sum(used.values()) - generators
        return used, round(max(foreign, 0.0) / (time.monotonic() - self._started) / cores(), 3)


def resident_mib(pids: Mapping[str, int]) -> dict[str, float]:
    """Resident memory of each process, in MiB."""
    return {name: round(_resident_kib(pid) / 1024, 1) for name, pid in pids.items()}


def _resident_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


async def until_quiet(pids: Mapping[str, int]) -> None:
    """Waits until the processes do next to nothing, or for 8 s: what one run has left to do is not the next one's."""
    loop = asyncio.get_running_loop()
    quiet = _QUIET_SHARE * len(pids) * _QUIET_SECONDS
    deadline = loop.time() + _MOST_WAIT_SECONDS
    while loop.time() < deadline:
        before = sum(cpu_seconds(pids).values())
        await asyncio.sleep(_QUIET_SECONDS)
        if sum(cpu_seconds(pids).values()) - before < quiet:
            return


def cores() -> int:
    """How many cores there are."""
    return os.cpu_count() or 1


def description() -> dict[str, str]:
    """What figures depend on."""
    return {
        "processor": _processor(),
        "cores": str(cores()),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "load before": f"{os.getloadavg()[0]:.2f}",
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
