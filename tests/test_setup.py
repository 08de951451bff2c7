"""The set-up commands: locks, the environment, system packages, and `./desk` itself."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import build_resources
import desk
import environment
import system_packages
from environment import Environment
from setup_error import SetupError

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
posix_only = pytest.mark.skipif(os.name == "nt", reason="runs the sh script")


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^\s;\\]+)", lock.read_text("utf-8"), re.MULTILINE))


# --- locks -------------------------------------------------------------------------------------


def test_each_lock_of_the_command_is_there() -> None:
    assert {lock.name for lock in LOCKS} == set(desk.LOCKS)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_is_only_versions_and_hashes(lock: Path) -> None:
    requirement = re.compile(r"[a-z0-9-]+==[^\s;]+( ; [^\\]+)? \\")
    for line in lock.read_text("utf-8").splitlines():
        hashed = re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line)
        assert hashed or requirement.fullmatch(line), line  # so no address or option either


def test_the_dev_lock_holds_what_the_others_hold() -> None:
    dev = pins(ROOT / "requirements" / "dev.lock")
    for name in ("run.lock", "build.lock"):
        assert pins(ROOT / "requirements" / name).items() <= dev.items()


def test_qt_is_locked_where_it_works() -> None:
    newest = {lock.name: pins(lock)["pyside6-essentials"] for lock in LOCKS}
    assert newest.pop("run-oldlinux.lock") == "6.9.3"  # the last for glibc 2.28
    assert set(newest.values()) == {"6.11.3"}  # 6.12 aborts the process on Python 3.11


def test_the_locks_answer_to_the_project_file() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"]
    wanted = project["project"]["dependencies"] + groups["setup"]
    names = {re.split(r"[^\w.-]", requirement)[0].lower() for requirement in wanted}
    assert names <= pins(ROOT / "requirements" / "run.lock").keys()


def test_the_notice_names_every_package_of_the_program() -> None:
    named = re.findall(r"[\w-]+", (ROOT / "NOTICE").read_text("utf-8").lower())
    assert pins(ROOT / "requirements" / "run.lock").keys() <= set(named)


def test_qt_leaks_no_reference_to_none(qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QLabel

    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for _ in range(100):
        label.setText("text")
    assert abs(sys.getrefcount(None) - before) < 20


# --- the environment ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("windows", "expected"), [(True, "v/Scripts/python.exe"), (False, "v/bin/python")]
)
def test_where_the_interpreter_lies(windows: bool, expected: str) -> None:
    assert environment.python_in(Path("v"), windows=windows) == Path(expected)


@pytest.mark.parametrize(
    ("kind", "glibc", "expected"),
    [
        ("run", (2, 36), "run.lock"),
        ("dev", (2, 34), "dev.lock"),
        ("run", (2, 28), "run-oldlinux.lock"),
        ("run", None, "run.lock"),
        ("dev", None, "dev.lock"),
    ],
)
def test_which_lock_a_system_takes(kind: str, glibc: tuple[int, int] | None, expected: str) -> None:
    assert environment.lock_name(kind, glibc) == expected


def test_an_old_linux_is_told_that_it_cannot_run_the_tests() -> None:
    with pytest.raises(SetupError, match=r"glibc 2\.34.*has 2\.31"):
        environment.lock_name("dev", (2, 31))


def wheel(folder: Path, version: str) -> str:
    """Put a package of one module into `folder`; returns its line for a lock."""
    folder.mkdir(exist_ok=True)
    info = f"tinypackage-{version}.dist-info"
    files = {
        "tinypackage.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tinypackage\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{name},sha256={_url_safe(text)},{len(text)}\n" for name, text in files.items()
    )
    target = folder / f"tinypackage-{version}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as packed:
        for name, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            packed.writestr(name, text)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    return f"tinypackage=={version} \\\n    --hash=sha256:{digest}\n"


def _url_safe(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with locks of one tiny package, which pip finds beside it and nowhere else."""
    root = tmp_path / "一个 folder"
    (root / "requirements").mkdir(parents=True)
    for name in desk.LOCKS:
        (root / "requirements" / name).write_text(wheel(tmp_path / "wheels", "1.0"), "utf-8")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", (tmp_path / "wheels").as_uri())
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return root


def installed_version(env: Environment) -> str:
    command = [env.python, "-c", "import tinypackage; print(tinypackage.VERSION)"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_an_environment_is_made_filled_and_renewed(checkout: Path, tmp_path: Path) -> None:
    run = Environment(checkout, "run")
    assert not run.exists()
    assert not run.is_current()
    run.create()
    assert run.exists()
    assert not run.is_current()
    run.fill()
    assert run.is_current()
    assert Environment(checkout, "run").is_current()
    assert installed_version(run) == "1.0"

    run.lock.write_text(wheel(tmp_path / "wheels", "2.0"), "utf-8")
    assert not run.is_current()
    run.fill()
    assert installed_version(run) == "2.0"

    spoilt = re.sub("sha256:.{4}", "sha256:0000", run.lock.read_text("utf-8"))
    run.lock.write_text(spoilt.replace("2.0", "1.0"), "utf-8")
    with pytest.raises(SetupError, match="could not be installed"):
        run.fill()
    assert not run.is_current()
    assert installed_version(run) == "2.0"


def stamp(root: Path, lock: str, python: str | None = None) -> None:
    """Make it look as if the environment had been filled from `lock`."""
    content = (root / "requirements" / lock).read_bytes()
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    (root / ".venv").mkdir(exist_ok=True)
    said = {
        "lock": lock,
        "sha256": hashlib.sha256(content).hexdigest(),
        "python": python or running,
    }
    (root / ".venv" / environment.STAMP).write_text(json.dumps(said), "utf-8")
    interpreter = environment.python_in(root / ".venv")
    interpreter.parent.mkdir(exist_ok=True)
    if not interpreter.exists():
        interpreter.symlink_to(sys.executable)


@posix_only
def test_the_dev_environment_serves_both_and_is_never_taken_back(checkout: Path) -> None:
    stamp(checkout, "run.lock")
    assert Environment(checkout, "run").is_current()
    assert not Environment(checkout, "dev").is_current()
    stamp(checkout, "dev.lock")
    assert Environment(checkout, "run").is_current()
    assert Environment(checkout, "dev").is_current()
    (checkout / "requirements" / "dev.lock").write_text("tinypackage==3.0 \\\n", "utf-8")
    assert Environment(checkout, "run").lock.name == "dev.lock"
    assert not Environment(checkout, "run").is_current()


@posix_only
def test_line_ends_do_not_make_a_lock_another_one(checkout: Path) -> None:
    stamp(checkout, "run.lock")
    lock = checkout / "requirements" / "run.lock"
    lock.write_bytes(lock.read_bytes().replace(b"\n", b"\r\n"))
    assert Environment(checkout, "run").is_current()


@posix_only
def test_an_environment_of_another_python_is_made_anew(checkout: Path) -> None:
    stamp(checkout, "run.lock", python="3.9")
    assert not Environment(checkout, "run").is_current()
    assert not Environment(checkout, "run").exists()


# --- system packages ---------------------------------------------------------------------------


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="system packages are for Linux")
class TestSystemPackages:
    def test_nothing_is_missing_where_tests_run(self) -> None:
        assert system_packages.missing_packages(on_screen=False, with_venv=True) == []

    def test_a_library_that_does_not_load_is_named_by_its_package(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        absent = {"libnosuchthing.so.1": "libnosuchthing1"}
        monkeypatch.setattr(system_packages, "OFFSCREEN", system_packages.OFFSCREEN | absent)
        missing = system_packages.missing_packages(on_screen=False, with_venv=False)
        assert missing == ["libnosuchthing1"]

    @pytest.mark.parametrize("plugin", ["offscreen", "xcb", "wayland"])
    def test_whatever_a_qt_plugin_lacks_is_in_the_list(self, plugin: str) -> None:
        import PySide6

        folder = Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms"
        files = list(folder.glob(f"libq{plugin}*.so"))  # older Qt has two for wayland
        assert files
        told = subprocess.run(["ldd", *files], check=True, capture_output=True, text=True).stdout
        lacking = set(re.findall(r"(\S+) => not found", told))
        known = system_packages.OFFSCREEN if plugin == "offscreen" else system_packages.SCREEN
        assert lacking <= known.keys()

    def test_without_rights_the_exact_command_is_named(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("PATH", str(self.apt_get(tmp_path)))
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        with pytest.raises(SetupError, match=r"\n +sudo apt-get install libegl1 libgl1$"):
            system_packages.install(["libegl1", "libgl1"])
        assert not (tmp_path / "said").exists()

    def test_elsewhere_the_packages_are_named(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(SetupError, match="On Debian"):
            system_packages.install(["libegl1"])

    def test_root_installs_just_what_is_missing(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("PATH", str(self.apt_get(tmp_path)))
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        system_packages.install(["libegl1"])
        said = (tmp_path / "said").read_text("utf-8")
        assert said == "update\ninstall --yes --no-install-recommends libegl1\n"

    def test_what_apt_get_says_is_passed_on_when_it_fails(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("PATH", str(self.apt_get(tmp_path, "echo no route; exit 100")))
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        with pytest.raises(SetupError, match=r"no route\n'.*apt-get update' failed"):
            system_packages.install(["libegl1"])

    def apt_get(self, folder: Path, ending: str = "") -> Path:
        """A folder whose apt-get only writes down what it was asked to do."""
        script = folder / "bin" / "apt-get"
        script.parent.mkdir()
        script.write_text(f'#!/bin/sh\necho "$*" >> "{folder}/said"\n{ending}\n', "utf-8")
        script.chmod(0o755)
        return script.parent


# --- ./desk ------------------------------------------------------------------------------------


@pytest.fixture
def made_up(tmp_path: Path) -> Path:
    """A checkout that is already set up, in an awkward folder; its program tells how it was run."""
    root = tmp_path / "大厅 desk's folder"
    root.mkdir()
    shutil.copy(ROOT / "desk", root)
    for name in ("installer", "requirements"):
        shutil.copytree(ROOT / name, root / name)
    stamp(root, "dev.lock")
    fonts = root / build_resources.FONTS
    fonts.mkdir(parents=True)
    for name in (*build_resources.FACES, build_resources.FONT_LICENCE):
        (fonts / name).touch()
    (fonts / build_resources.STAMP).write_text(build_resources.FONT_RECIPE, "utf-8")
    program = root / "hall_desk"
    program.mkdir()
    (program / "__init__.py").touch()
    (program / "__main__.py").write_text(
        "import json, os, sys\n"
        "print(json.dumps([sys.argv[1:], os.getcwd(), os.environ.get('QT_QPA_PLATFORM')]))\n"
        "sys.exit(7)\n",
        "utf-8",
    )
    return root


def run_desk(root: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "PYTHONPATH"}
    known = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [root / "desk", *words],
        cwd=root.parent,
        env=known | variables,
        capture_output=True,
        encoding="utf-8",
    )


@posix_only
class TestDesk:
    def test_without_a_command_it_tells_what_there_is(self, made_up: Path) -> None:
        done = run_desk(made_up)
        assert done.returncode == 0
        for command in desk.COMMANDS:
            assert f"./desk {command}" in done.stdout

    def test_any_command_of_the_program_runs_where_the_user_is(self, made_up: Path) -> None:
        done = run_desk(made_up, "report", "daily", "--output", "a b.pdf")
        arguments, folder, platform = json.loads(done.stdout)
        assert arguments == ["report", "daily", "--output", "a b.pdf"]
        assert Path(folder) == made_up.parent
        assert platform == "offscreen"
        assert done.returncode == 7

    def test_demo_without_a_display_says_so_and_writes_pictures(self, made_up: Path) -> None:
        sentence, told = run_desk(made_up, "demo", "--data", "d").stdout.splitlines()
        assert "no display" in sentence
        arguments, _, platform = json.loads(told)
        assert arguments == ["demo", "--data", "d", "--headless", "demo-out"]
        assert platform == "offscreen"

    @pytest.mark.parametrize("words", [["--headless", "out"], ["--headless=out"]])
    def test_a_headless_demo_is_left_as_it_was_asked_for(
        self, made_up: Path, words: list[str]
    ) -> None:
        done = run_desk(made_up, "demo", *words, DISPLAY=":5")
        assert json.loads(done.stdout)[0] == ["demo", *words]
        assert json.loads(done.stdout)[2] == "offscreen"

    def test_run_without_a_display_is_refused(self, made_up: Path) -> None:
        done = run_desk(made_up, "run")
        assert (done.returncode, done.stdout) == (1, "")
        assert "no display" in done.stderr

    def test_check_reports_every_failure(self, made_up: Path) -> None:
        interpreter = made_up / ".venv" / "bin" / "python"
        interpreter.unlink()
        interpreter.write_text(
            '#!/bin/sh\ncase "$*" in -m*|*importlinter*) exit 1;; esac\n'
            f'exec "{sys.executable}" "$@"\n',
            "utf-8",
        )
        interpreter.chmod(0o755)
        done = run_desk(made_up, "check")
        assert done.returncode == 1
        assert done.stdout.splitlines()[-1] == "--- failed: format, lint, types, layers"

    def test_a_stray_argument_is_refused(self, made_up: Path) -> None:
        done = run_desk(made_up, "check", "ui")
        assert done.returncode == 1
        assert "takes no arguments, so not: ui" in done.stderr

    def test_without_a_python_it_says_which_one_it_needs(
        self, made_up: Path, tmp_path: Path
    ) -> None:
        tools = tmp_path / "tools"
        tools.mkdir()
        for tool in ("readlink", "dirname", "id"):
            (tools / tool).symlink_to(shutil.which(tool) or tool)
        old = tools / "python3"
        old.write_text("#!/bin/sh\nexit 1\n")
        old.chmod(0o755)
        shutil.rmtree(made_up / ".venv")
        done = run_desk(made_up, "demo", PATH=str(tools))
        assert (done.returncode, done.stdout) == (1, "")
        assert "needs Python 3.11, 3.12, 3.13 or 3.14" in done.stderr
        assert "sudo apt-get install python3 python3-venv" in done.stderr


def test_both_scripts_and_the_project_ask_for_the_same_python() -> None:
    asked = "not (3, 11) <= sys.version_info[:2] < (3, 15)"
    for script in ("desk", "desk.cmd"):
        assert asked in (ROOT / script).read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == ">=3.11,<3.15"


def test_the_windows_script_has_windows_line_ends() -> None:
    lines = (ROOT / "desk.cmd").read_bytes().splitlines(keepends=True)
    assert all(line.endswith(b"\r\n") for line in lines)


# --- two at once -------------------------------------------------------------------------------

HOLDER = """
import pathlib, sys
from one_at_a_time import one_at_a_time
with one_at_a_time(pathlib.Path(sys.argv[1]), "waiting"):
    print("inside", flush=True)
    sys.stdin.readline()
"""


def test_a_second_process_waits_for_the_first(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "sub" / "a.lock")]
    processes = []
    for expected in ("inside\n", "waiting\n"):
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT / "installer")},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == expected
        processes.append(process)
    first, second = processes
    first.kill()  # a lock goes with its process, even one that could not tidy up
    first.communicate()
    out, _ = second.communicate("\n", timeout=30)
    assert out == "inside\n"
    assert second.returncode == 0


# --- fonts -------------------------------------------------------------------------------------


def test_unfinished_fonts_are_not_taken_for_done(made_up: Path) -> None:
    assert build_resources.is_fresh(made_up)
    (made_up / build_resources.FONTS / build_resources.STAMP).unlink()
    assert not build_resources.is_fresh(made_up)
