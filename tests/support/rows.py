# SPDX-License-Identifier: Apache-2.0
"""Whether the tests that a page of docs/internals names are there. The last cell of a row names tests as
`group/test`, and behind a colon, with commas, what is in it: tests of C, or words of a script's checks.
Usage: rows.py SOURCE PAGE; says what is wrong, a line each."""
import glob, os, re, sys

source, page = sys.argv[1:]


def file_of(test):
    group, name = test.split("/", 1)
    candidates = {
        "plugin": [f"tests/plugin/test_{name}.c"],
        "integration": [f"tests/integration/{name}.sh", f"tests/integration/test_{name}.sh"],
        "corpus": [f"tests/corpus/{name}/test.sh", *glob.glob(f"{source}/tests/corpus/{name}*/test.sh")],
        "fuzz": [f"tests/fuzz/fuzz_{name}.c"],
        "bench": [f"tests/bench/{name}.sh"],
    }.get(group, [f"tests/unit/{group}/test_{name}.c"])
    return next((path for path in (os.path.join(source, one) for one in candidates) if os.path.exists(path)), None)


def is_in(name, path, text):
    if not path.endswith(".c"):
        return name in text
    if name.endswith("_..."):
        return f"START_TEST({name[:-3]}" in text
    return f"START_TEST({name})" in text


def names_of(words, path, text):
    """The longest that are there first: a name may have a comma in it."""
    while words:
        for count in range(len(words), 0, -1):
            if is_in(", ".join(words[:count]), path, text):
                break
        else:
            yield words[0]
            count = 1
        words = words[count:]


def check(row, cell):
    if not re.search(r"`[a-z_]+/[^`]+`", cell):
        yield f"{row}: it names no test"
    for part in re.split(r";\s+", cell):
        tests = re.findall(r"`([a-z_]+/[a-z0-9_-]+\*?)`", part)
        path = None
        for test in tests:
            path = file_of(test)
            if path is None:
                yield f"{row}: there is no test {test}"
        if path is None or len(tests) != 1 or "`: " not in part:
            continue
        with open(path, encoding="utf-8") as file:
            text = file.read()
        words = part.split("`: ", 1)[1].strip().split(", ")
        for name in names_of(words, path, text):
            yield f"{row}: {tests[0]} has no '{name}'"


number = 0
with open(os.path.join(source, page), encoding="utf-8") as lines:
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if not line.startswith("| ") or cells[-1].startswith("Test"):
            continue
        for problem in check(f"{page}:{number}: {cells[0] or cells[1]}", cells[-1]):
            print(problem)
