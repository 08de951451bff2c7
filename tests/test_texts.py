"""Every text has its translation, and what compares them sees each kind of gap."""

import gettext
from pathlib import Path

import pytest

import build_resources
import texts
from hall_desk import resources

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'


def test_chinese_is_complete() -> None:
    assert "zh_CN" in build_resources.languages(build_resources.ROOT)


@pytest.mark.parametrize("language", build_resources.languages(build_resources.ROOT))
def test_no_text_is_missing_unused_or_changed(language: str) -> None:
    found = texts.problems(build_resources.ROOT, language)
    assert not found, "\n".join(["see './desk texts'", *map(str, found)])


@pytest.mark.parametrize("language", build_resources.languages(build_resources.ROOT))
def test_the_compiled_file_says_what_the_sources_say(language: str) -> None:
    compiled = resources.path("translations", language, "LC_MESSAGES", "hall_desk.mo")
    with compiled.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    messages = [
        message
        for source in build_resources.sources(build_resources.ROOT, language)
        for message in build_resources.read_catalog(source, language)
        if message.id and isinstance(message.id, str)
    ]
    assert messages
    assert {m.id: catalogue.gettext(m.id) for m in messages} == {m.id: m.string for m in messages}


# --- what the comparison sees, on a small tree -------------------------------------------------


class Tree:
    """A checkout of one module and the .po files a test gives it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def code(self, text: str, module: str = "ui/page.py") -> None:
        file = self.root / "hall_desk" / module
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def po(self, text: str, name: str = "ui.po") -> None:
        file = self.root / "resources" / "translations" / "zh_CN" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(HEADER + text, encoding="utf-8")

    def problems(self) -> list[tuple[str, str, tuple[str, ...]]]:
        return [(p.po_file, p.kind, p.text) for p in texts.problems(self.root, "zh_CN")]

    def compile(self) -> gettext.GNUTranslations:
        build_resources.compile_language(self.root, "zh_CN")
        compiled = self.root / "resources/translations/zh_CN/LC_MESSAGES/hall_desk.mo"
        with compiled.open("rb") as file:
            return gettext.GNUTranslations(file)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_a_complete_tree_has_no_problems(tree: Tree) -> None:
    tree.code(
        '_("Open {number}")\nN_("Close")\ngettext("Print")\n'
        '_n("One ticket", "{count} tickets", n)\nngettext("{count} day", "{count} days", n)\n'
    )
    tree.po('msgid "Open {number}"\nmsgstr "打开 {number}"\n')
    tree.po(
        'msgid "Close"\nmsgstr "关闭"\n\nmsgid "Print"\nmsgstr "打印"\n\n'
        'msgid "One ticket"\nmsgid_plural "{count} tickets"\nmsgstr[0] "{count} 件"\n\n'
        'msgid "{count} day"\nmsgid_plural "{count} days"\nmsgstr[0] "{count} 天"\n',
        "messages.po",
    )
    assert tree.problems() == []


def test_a_missing_text_is_named_with_the_file_it_belongs_in(tree: Tree) -> None:
    tree.po("")
    tree.code('_("on a page")')
    tree.code('_("on paper")', "documents/slip.py")
    tree.code('_("in a command")', "cli.py")
    tree.code('_("elsewhere")', "services/tickets.py")
    assert tree.problems() == [
        ("commands.po", "missing", ("in a command",)),
        ("documents.po", "missing", ("on paper",)),
        ("messages.po", "missing", ("elsewhere",)),
        ("ui.po", "missing", ("on a page",)),
    ]


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ('msgid "Go"\nmsgstr "走"\n\nmsgid "Old"\nmsgstr "旧"\n', "unused"),
        ('#, fuzzy\nmsgid "Go"\nmsgstr "走"\n', "fuzzy"),
        ('msgid "Go"\nmsgstr ""\n', "empty"),
        ('msgid "Go"\nmsgstr "走 {where}"\n', "other {fields}"),
        ('msgid "Go"\nmsgstr "走 {"\n', "other {fields}"),
    ],
)
def test_each_kind_of_gap_is_seen(tree: Tree, entry: str, kind: str) -> None:
    tree.code('_("Go")')
    tree.po(entry)
    assert [problem[1] for problem in tree.problems()] == [kind]


def test_a_plural_may_not_lose_its_count(tree: Tree) -> None:
    tree.code('_n("One ticket", "{count} tickets", n)')
    tree.po('msgid "One ticket"\nmsgid_plural "{count} tickets"\nmsgstr[0] "一件"\n')
    assert tree.problems() == [("ui.po", "other {fields}", ("One ticket", "{count} tickets"))]


def test_several_files_become_one(tree: Tree) -> None:
    tree.po('msgid "Open"\nmsgstr "打开"\n')
    tree.po('msgid "Open"\nmsgstr "打开"\n\nmsgid "Print"\nmsgstr "打印"\n', "documents.po")
    catalogue = tree.compile()
    assert (catalogue.gettext("Open"), catalogue.gettext("Print")) == ("打开", "打印")


def test_two_translations_of_one_text_are_refused_naming_both_files(tree: Tree) -> None:
    tree.po('msgid "Open"\nmsgstr "打开"\n')
    tree.po('msgid "Open"\nmsgstr "开启"\n', "documents.po")
    with pytest.raises(build_resources.ResourceError, match=r"documents\.po.*ui\.po"):
        tree.compile()


def test_a_broken_source_is_named_and_leaves_the_compiled_file_alone(tree: Tree) -> None:
    tree.po('msgid "Open"\nmsgstr "打开"\n')
    assert tree.compile().gettext("Open") == "打开"
    assert build_resources.stale_languages(tree.root) == []

    tree.po('msgid "Open"\nmsgstr "打开\n')
    assert build_resources.stale_languages(tree.root) == ["zh_CN"]
    with pytest.raises(build_resources.ResourceError, match=r"ui\.po"):
        tree.compile()
    folder = tree.root / "resources" / "translations" / "zh_CN" / "LC_MESSAGES"
    assert sorted(file.name for file in folder.iterdir()) == ["built.txt", "hall_desk.mo"]
    with (folder / "hall_desk.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Open") == "打开"
