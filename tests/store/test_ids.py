"""Keys and what is derived from them: the same again wherever it is asked."""

from __future__ import annotations

from hall_desk.store.ids import code_of, new_id, part_of


def test_a_code_follows_from_its_key() -> None:
    key = new_id()
    assert code_of(key, 4) == code_of(key, 4)
    assert len(code_of(key, 4)) == 4
    assert code_of(key, 4).isdecimal()


def test_codes_of_many_keys_are_spread_over_all_there_are() -> None:
    codes = {code_of(new_id(), 2) for _key in range(2000)}
    assert len(codes) == 100


def test_parts_of_a_key_are_keys_of_their_own_in_order() -> None:
    key, other = new_id(), new_id()
    parts = [part_of(key, number) for number in range(40)]
    assert parts == [part_of(key, number) for number in range(40)]
    assert parts == sorted(parts)
    assert len({*parts, key, other, part_of(other, 0)}) == 43
    assert all(part.version == 7 and part.variant == key.variant for part in parts)
