/*
 * A unified diff beside the one of its sides that is at hand, as what diffTable() shows: all lines of both sides, and the
 * edits that lead from one to the other. `text` is the side `side`, 'left' (before) or 'right' (after).
 */
function unifiedEdits(diff, text, side) {
    const known = text.replace(/\n$/, '').split('\n');
    const both = {left: [], right: [], edits: []};
    const add = (line, signs) => both.edits.push({
        left: signs.includes('left') ? both.left.push(line) - 1 : null,
        right: signs.includes('right') ? both.right.push(line) - 1 : null,
    });
    const equal = (until) => {
        while (both[side].length < until) {
            add(known[both[side].length], ['left', 'right']);
        }
    };
    /* By the counts of the hunk's head: a line of the program may itself begin with dashes. */
    let due = {left: 0, right: 0};
    for (const line of diff.split('\n')) {
        const head = line.match(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/);
        if (due.left + due.right === 0 && head) {
            const [from, count] = side === 'left' ? [head[1], head[2]] : [head[3], head[4]];
            due = {left: Number(head[2] || 1), right: Number(head[4] || 1)};
            /* A side without lines is told by the line before it. */
            equal(count === '0' ? Number(from) : Number(from) - 1);
        } else if (due.left + due.right > 0) {
            const signs = {'-': ['left'], '+': ['right']}[line[0]] || ['left', 'right'];
            signs.forEach((name) => due[name]--);
            add(line.slice(1), signs);
        }
    }
    equal(known.length);
    return both;
}

/* Numbers of the lines that the diff adds to the right side. */
function addedLines(both) {
    return new Set(both.edits.filter((edit) => edit.left === null).map((edit) => edit.right + 1));
}

function reviewDiff(diff, text, side, label) {
    return diffBox(unifiedEdits(diff, text, side), ['before', 'after'], label);
}
