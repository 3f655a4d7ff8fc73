"""What run.py takes from the output of tests."""

import unittest

import run

SKIPPED_WHOLE = """\
setUpModule (__main__) ... skipped 'skipped because wixl is absent'

----------------------------------------------------------------------
Ran 0 tests in 0.000s

OK (skipped=1)
"""
MIXED = """\
test_a (__main__.A.test_a) ... ok
test_b (__main__.A.test_b)
What it shows. ... ok
test_c (__main__.A.test_c) ... skipped 'skipped because of this'
test_d (__main__.A.test_d) ... FAIL
test_e (__main__.A.test_e) ... said something
ok

======================================================================
FAIL: test_d (__main__.A.test_d)
----------------------------------------------------------------------
Ran 5 tests in 0.001s

FAILED (failures=1, skipped=1)
"""
CMOCKA = """\
[==========] Running 3 test(s).
[       OK ] a
[==========] 3 test(s) run.
[  PASSED  ] 2 test(s).
[  SKIPPED ] 1 test(s), listed below:
"""


class Counts(unittest.TestCase):
    def test_scripts_that_are_skipped_as_a_whole(self):
        self.assertEqual(run.count_unittest(SKIPPED_WHOLE), (0, 0, 1))

    def test_scripts(self):
        self.assertEqual(run.count_unittest(MIXED), (3, 1, 1))

    def test_programs(self):
        self.assertEqual(run.count_cmocka(CMOCKA), (2, 0, 1))


if __name__ == "__main__":
    unittest.main(verbosity=2)
