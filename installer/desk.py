"""Set-up and everyday commands of a source checkout; started by `./desk` and `desk.cmd`.

Standard library only: it runs before there is anything else. See USAGE for what it does.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path

import build_resources
import system_packages
from environment import Environment
from one_at_a_time import one_at_a_time
from setup_error import SetupError

ROOT = Path(__file__).resolve().parent.parent

USAGE = """\
Hall Desk. On first use every command makes the environment it needs.

    ./desk demo [--headless OUT]   a sample hall with a lived-in day, opened in the program
    ./desk run                     the program itself
    ./desk COMMAND ...             any other hall-desk command, e.g. ./desk report, ./desk doctor

For development:
    ./desk test [PYTEST ARGS]      all tests, or those that pytest is told to run
    ./desk check                   format, lint, types and layer contracts
    ./desk shots OUT               a picture of every page
    ./desk bench NAME              claims, notices, printing or search: our way and a floor;
                                   dashboard: ten years of a hall beside one;
                                   reports: beside the same on a bare canvas;
                                   tables: a million rows beside ten thousand
    ./desk build                   dist/hall-desk, a folder that runs without Python, and its self-check
    ./desk texts                   which texts lack a translation and which are no longer used
    ./desk build-resources         fonts and translations, where they are missing or old
    ./desk lock [--upgrade]        renews requirements/*.lock from pyproject.toml: after a change
                                   there without --upgrade; with it, takes the newest versions
    ./desk audit                   which of the locked packages have a known weakness (by pip-audit,
                                   which needs the internet)

On Windows: desk instead of ./desk. To start afresh, delete the folders .venv, .cache and
resources/fonts.
"""

CHECKS = {
    "format": ["-m", "ruff", "format", "--check", "--output-format", "concise", "."],
    "lint": ["-m", "ruff", "check", "."],
    "types": ["-m", "mypy"],
    "layers": ["-c", "from importlinter.cli import lint_imports_command as main; main()"],
}

SAME_AS_DEV = ["--constraint", "requirements/dev.lock"]
LOCKS = {  # dev first: the others take its versions
    "dev.lock": ["--group", "dev"],
    "run.lock": ["--group", "setup", *SAME_AS_DEV],
    "build.lock": ["--group", "setup", "--group", "build", *SAME_AS_DEV],
    "run-oldlinux.lock": ["--group", "setup", "--constraint", "requirements/oldlinux.txt"],
}


# --- set-up ----------------------------------------------------------------------------------


def prepare(kind: str, *, on_screen: bool = False) -> Path:
    """Make whatever is missing and return the environment's interpreter.

    `kind` is "run" or "dev", see `Environment`. Raises `SetupError`.
    """
    environment = Environment(ROOT, kind)
    if _steps(environment, on_screen):
        waiting = "Another process is setting Hall Desk up; waiting for it."
        with one_at_a_time(ROOT / ".cache" / "setup.lock", waiting):
            environment = Environment(ROOT, kind)
            steps = _steps(environment, on_screen)  # the other process may have done them all
            for number, (title, step) in enumerate(steps, start=1):
                print(f"[{number}/{len(steps)}] {title}", flush=True)
                step()
    return environment.python


def _steps(environment: Environment, on_screen: bool) -> list[tuple[str, Callable[[], object]]]:
    """What is still to be done, in order, each with the sentence that announces it."""
    steps: list[tuple[str, Callable[[], object]]] = []
    current = environment.is_current()
    creating = not current and not environment.exists()
    packages = system_packages.missing_packages(on_screen=on_screen, with_venv=creating)
    if packages:
        title = f"System packages that are missing: {' '.join(packages)}"
        steps.append((title, lambda: system_packages.install(packages)))
    if creating:
        steps.append((f"Making the Python environment {environment.venv}", environment.create))
    if not current:
        count = environment.package_count()
        title = (
            f"Fetching and installing about {count} Python packages; some minutes on a slow line"
        )
        steps.append((title, environment.fill))
    if not build_resources.is_fresh(ROOT):
        steps.append(("Building fonts and texts", lambda: _build_resources(environment.python)))
    return steps


def _build_resources(python: Path) -> None:
    if subprocess.run([python, ROOT / "installer" / "build_resources.py"]).returncode != 0:
        raise SetupError("Fonts and texts could not be built; the lines above say why.")


# --- commands --------------------------------------------------------------------------------


def demo(arguments: list[str]) -> int:
    """The sample hall, on the screen if there is one."""
    headless = any(word == "--headless" or word.startswith("--headless=") for word in arguments)
    if not headless and not has_display():
        print("There is no display here: writing pictures and papers to demo-out instead.")
        arguments = [*arguments, "--headless", "demo-out"]
        headless = True
    python = prepare("run", on_screen=not headless)
    return start([python, "-m", "hall_desk", "demo", *arguments], offscreen=headless)


def run(arguments: list[str]) -> int:
    """The program on this PC's own hall."""
    if not has_display():
        raise SetupError("There is no display here. './desk demo' writes pictures instead.")
    python = prepare("run", on_screen=True)
    return start([python, "-m", "hall_desk", *arguments], offscreen=False)


def hall_desk(arguments: list[str]) -> int:
    """Any command of the program."""
    python = prepare("run")
    return start([python, "-m", "hall_desk", *arguments], offscreen=not has_display())


def shots(arguments: list[str]) -> int:
    """A picture of every page."""
    python = prepare("run")
    return start([python, "-m", "hall_desk", "shots", *arguments], offscreen=True)


def test(arguments: list[str]) -> int:
    """The tests, several at a time."""
    python = prepare("dev")
    os.chdir(ROOT)  # where pytest finds its settings
    workers = str(max(2, min(os.cpu_count() or 2, 8)))
    pytest = [python, "-m", "pytest", "-n", workers, "--dist", "worksteal"]
    return start([*pytest, *arguments], offscreen=True)


def check(arguments: list[str]) -> int:
    """Every check, however many of them fail."""
    refuse(arguments)
    python = prepare("dev")
    os.chdir(ROOT)
    failed = []
    for name, command in CHECKS.items():
        print(f"--- {name}", flush=True)
        if subprocess.run([str(python), *command]).returncode != 0:
            failed.append(name)
    print(f"--- failed: {', '.join(failed)}" if failed else "--- all checks passed")
    return 1 if failed else 0


def lock(arguments: list[str]) -> int:
    """Renew every lock; no index address is ever written into one."""
    python = prepare("dev")
    os.chdir(ROOT)
    compiling = [
        str(python),
        "-m",
        "uv",
        "pip",
        "compile",
        "pyproject.toml",
        "--quiet",
        "--universal",
    ]
    compiling += ["--python-version", "3.11", "--no-build", "--generate-hashes"]
    compiling += ["--no-header", "--no-annotate"]
    for name, options in LOCKS.items():
        print(f"Renewing requirements/{name}", flush=True)
        target = ["--output-file", f"requirements/{name}"]
        if subprocess.run([*compiling, *options, *target, *arguments]).returncode != 0:
            return 1
    return 0


def audit(arguments: list[str]) -> int:
    """What PyPI's advisories say of the locked packages; pip-audit comes for this one run and is not installed."""
    python = prepare("dev")
    os.chdir(ROOT)
    command = [python, "-m", "uv", "tool", "run", "pip-audit", "--strict"]
    command += ["--disable-pip", "--require-hashes"]
    found = 0
    for name in ("dev.lock", "run-oldlinux.lock"):  # the others have the versions of the first
        print(f"Asking about requirements/{name}", flush=True)
        words = [*map(str, command), "--requirement", f"requirements/{name}", *arguments]
        found |= subprocess.run(words).returncode
    return found


def texts(arguments: list[str]) -> int:
    """What is missing or unused in the translations."""
    refuse(arguments)
    python = prepare("dev")
    return start([python, str(ROOT / "installer" / "texts.py")], offscreen=True)


def bench(arguments: list[str]) -> int:
    """One of the scripts in bench/."""
    names = sorted(path.stem for path in (ROOT / "bench").glob("*.py") if path.stem != "hall")
    if not arguments or arguments[0] not in names:
        raise SetupError(f"./desk bench takes one of: {', '.join(names)}")
    python = prepare("dev")
    script = ROOT / "bench" / f"{arguments[0]}.py"
    return start([python, script, *arguments[1:]], offscreen=True)


def build(arguments: list[str]) -> int:
    """Fonts and translations, as part of the set-up."""
    refuse(arguments)
    prepare("run")
    return 0


def bundle(arguments: list[str]) -> int:
    """The program as one folder that runs without Python, checked where a hall would run it."""
    refuse(arguments)
    python = prepare("dev")
    import build

    build.build(ROOT, python)
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "demo": demo,
    "run": run,
    "test": test,
    "check": check,
    "shots": shots,
    "bench": bench,
    "build": bundle,
    "texts": texts,
    "build-resources": build,
    "lock": lock,
    "audit": audit,
}


# --- starting programs -----------------------------------------------------------------------


def has_display() -> bool:
    """Whether a window could be shown."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def start(command: Sequence[object], *, offscreen: bool) -> int:
    """Run `command` in this process's place, from the folder the user is in."""
    words = [str(word) for word in command]
    environment = child_environment(offscreen=offscreen)
    sys.stdout.flush()
    if os.name != "nt":  # on Windows exec returns to the shell before the program has ended
        os.execve(words[0], words, environment)  # noqa: S606 - no shell wanted
    return subprocess.run(words, env=environment).returncode


def child_environment(*, offscreen: bool) -> dict[str, str]:
    """Finds hall_desk from any folder; draws into memory unless the user named a Qt platform."""
    environment = dict(os.environ)
    known = environment.get("PYTHONPATH")
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), *([known] if known else [])])
    if offscreen:
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    return environment


def refuse(arguments: list[str]) -> None:
    """For commands that take no arguments."""
    if arguments:
        raise SetupError(f"This command takes no arguments, so not: {' '.join(arguments)}")


def main(words: list[str]) -> int:
    """Do what the first word says; the rest are its arguments."""
    if isinstance(sys.stdout, TextIOWrapper):  # a Windows console may lack a path's characters
        sys.stdout.reconfigure(errors="replace")
    if not words or words[0] in {"-h", "--help", "help"}:
        print(USAGE, end="")
        return 0
    try:
        command = COMMANDS.get(words[0])
        return hall_desk(words) if command is None else command(words[1:])
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; the next start goes on from here.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
