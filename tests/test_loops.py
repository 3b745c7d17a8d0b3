"""Loops: the same function, plain and compiled."""

import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np

from correlate import loops


def _odd(number):
    return number % 2 == 1


def odds(numbers):
    found = 0
    for number in numbers:
        if _odd(number):
            found += 1
    return found


def test_a_loop_gives_the_same_plain_and_compiled_and_so_do_functions_that_it_calls():
    numbers = np.arange(1_001)
    both = loops.loop(odds)
    assert both.plain(numbers) == both.compiled()(numbers) == 500


def test_a_loop_is_compiled_once_enough_turns_were_asked_for():
    some = loops.loop(odds)
    assert some(loops.WORTH - 1) is odds
    assert some(1) is not odds
    assert some(1) is some.compiled()


def test_little_work_loads_no_compiler(tmp_path: Path):
    module = tmp_path / "counting.py"
    module.write_text(
        textwrap.dedent(
            """
            import sys
            from correlate.loops import loop

            @loop
            def total(numbers):
                out = 0
                for number in numbers:
                    out += number
                return out

            print(total(3)([1, 2, 3]), "numba" in sys.modules)
            """
        )
    )
    done = subprocess.run([sys.executable, module], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["6", "False"]


def test_a_loop_is_compiled_where_nothing_can_be_kept(tmp_path: Path):
    """A program in a folder that nobody may write to, run by somebody without a home."""
    text = (
        "from numba.core import caching\n"
        "caching.CacheImpl._locator_classes = []\n"
        "from correlate.loops import loop\n"
        "import numpy as np\n"
        "def twice(n):\n    return 2 * n\n"
        "print(loop(twice).compiled()(21))\n"
    )
    script = tmp_path / "nowhere.py"
    script.write_text(text)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "42"
