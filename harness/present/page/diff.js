/*
 * The lines that are in both, by the longest common subsequence. Returns edits in the order of the
 * lines: {left, right}, 0-based; one of them null where the line is in one file only.
 */
function diffLines(left, right) {
    let start = 0;
    while (start < left.length && start < right.length && left[start] === right[start]) {
        start++;
    }
    let leftEnd = left.length;
    let rightEnd = right.length;
    while (leftEnd > start && rightEnd > start && left[leftEnd - 1] === right[rightEnd - 1]) {
        leftEnd--;
        rightEnd--;
    }
    const edits = [];
    for (let i = 0; i < start; i++) {
        edits.push({left: i, right: i});
    }
    edits.push(...diffMiddle(left, right, start, leftEnd, rightEnd));
    for (let i = 0; leftEnd + i < left.length; i++) {
        edits.push({left: leftEnd + i, right: rightEnd + i});
    }
    return edits;
}

/* lengths[i][j]: of the longest common subsequence of left from start+i and right from start+j. */
function diffMiddle(left, right, start, leftEnd, rightEnd) {
    const rows = leftEnd - start;
    const columns = rightEnd - start;
    const lengths = Array.from({length: rows + 1}, () => new Uint32Array(columns + 1));
    for (let i = rows - 1; i >= 0; i--) {
        for (let j = columns - 1; j >= 0; j--) {
            lengths[i][j] = left[start + i] === right[start + j]
                ? lengths[i + 1][j + 1] + 1
                : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
        }
    }
    const edits = [];
    let i = 0;
    let j = 0;
    while (i < rows || j < columns) {
        if (i < rows && j < columns && left[start + i] === right[start + j]) {
            edits.push({left: start + i++, right: start + j++});
        } else if (j === columns || (i < rows && lengths[i + 1][j] >= lengths[i][j + 1])) {
            edits.push({left: start + i++, right: null});
        } else {
            edits.push({left: null, right: start + j++});
        }
    }
    return edits;
}

/* Runs of equal lines and of changes: {same: boolean, edits}. */
function diffRuns(edits) {
    const runs = [];
    for (const edit of edits) {
        const same = edit.left !== null && edit.right !== null;
        if (runs.length === 0 || runs[runs.length - 1].same !== same) {
            runs.push({same, edits: []});
        }
        runs[runs.length - 1].edits.push(edit);
    }
    return runs;
}

/* How much of two changed lines is the same at either side, in whole words. */
function changedParts(left, right) {
    const most = Math.min(left.length, right.length);
    let start = 0;
    while (start < most && left[start] === right[start]) {
        start++;
    }
    let end = 0;
    while (end < most - start && left[left.length - 1 - end] === right[right.length - 1 - end]) {
        end++;
    }
    const isWord = (character) => /\w/.test(character || '');
    while (start > 0 && isWord(left[start - 1])) {
        start--;
    }
    while (end > 0 && isWord(left[left.length - end])) {
        end--;
    }
    return [start, end];
}

/* The line with its changed part marked, where enough of it is unchanged to help. */
function markedLine(line, other) {
    const [start, end] = other === null ? [0, 0] : changedParts(line, other);
    if (other === null || start + end < line.trim().length / 3 || start + end >= line.length) {
        return line;
    }
    return [line.slice(0, start), make('mark', null, line.slice(start, line.length - end)),
        line.slice(line.length - end)];
}

const DIFF_SIGNS = {same: ' ', gone: '−', come: '+', none: ''};

function diffSide(kind, number, text) {
    return [
        make('td', {class: `number ${kind}`}, number === null ? '' : number + 1),
        make('td', {class: `sign ${kind}`}, DIFF_SIGNS[kind]),
        make('td', {class: `code ${kind}`}, make('code', null, text)),
    ];
}

function besideRows(run, left, right) {
    if (run.same) {
        return run.edits.map((edit) => make('tr', null,
            diffSide('same', edit.left, left[edit.left]),
            diffSide('same', edit.right, right[edit.right])));
    }
    const gone = run.edits.filter((edit) => edit.left !== null).map((edit) => edit.left);
    const come = run.edits.filter((edit) => edit.right !== null).map((edit) => edit.right);
    const rows = [];
    for (let i = 0; i < Math.max(gone.length, come.length); i++) {
        const before = i < gone.length ? left[gone[i]] : null;
        const after = i < come.length ? right[come[i]] : null;
        rows.push(make('tr', null,
            before === null ? diffSide('none', null, '')
                : diffSide('gone', gone[i], markedLine(before, after)),
            after === null ? diffSide('none', null, '')
                : diffSide('come', come[i], markedLine(after, before))));
    }
    return rows;
}

function unifiedRows(run, left, right) {
    if (run.same) {
        return run.edits.map(
            (edit) => make('tr', null, diffSide('same', edit.right, right[edit.right])));
    }
    const gone = run.edits.filter((edit) => edit.left !== null);
    const come = run.edits.filter((edit) => edit.right !== null);
    return [
        ...gone.map((edit) => make('tr', null, diffSide('gone', edit.left, left[edit.left]))),
        ...come.map((edit) => make('tr', null, diffSide('come', edit.right, right[edit.right]))),
    ];
}

const DIFF_CONTEXT = 3;

/* Of a long run of equal lines only those next to a change are shown; a button shows the rest. */
function equalRows(run, first, last, rowsOf, columns) {
    const head = first ? 0 : DIFF_CONTEXT;
    const tail = last ? 0 : DIFF_CONTEXT;
    const hidden = run.edits.length - head - tail;
    if (hidden < 2) {
        return rowsOf(run);
    }
    const part = (from, to) => rowsOf({same: true, edits: run.edits.slice(from, to)});
    const row = make('tr', {class: 'gap'});
    const reveal = () => row.replaceWith(...part(head, head + hidden));
    append(row, [make('td', {colspan: columns},
        make('button', {type: 'button', click: reveal}, `${hidden} equal lines`))]);
    return [...part(0, head), row, ...part(head + hidden, run.edits.length)];
}

/* both: {left, right, edits}, lines of both sides and what diffLines() says of them; names: of the sides. */
function diffTable(both, names, beside) {
    const runs = diffRuns(both.edits);
    const rowsOf = (run) => (beside ? besideRows : unifiedRows)(run, both.left, both.right);
    const columns = beside ? 6 : 3;
    const rows = runs.map((run, i) => (run.same
        ? equalRows(run, i === 0, i === runs.length - 1, rowsOf, columns) : rowsOf(run)));
    const heads = beside
        ? names.map((name) => make('th', {colspan: 3, scope: 'col'}, name))
        : [make('th', {colspan: 3, scope: 'col'}, `− ${names[0]}, + ${names[1]}`)];
    return make('table', {class: beside ? 'diff beside' : 'diff unified'},
        make('thead', null, make('tr', null, heads)), make('tbody', null, rows));
}

/* Side by side where there is room, else one above the other. */
function diffBox(both, names, label) {
    const room = matchMedia('(min-width: 60rem)');
    const view = make('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label});
    const fill = () => view.replaceChildren(diffTable(both, names, room.matches));
    const watch = () => (view.isConnected ? fill() : room.removeEventListener('change', watch));
    room.addEventListener('change', watch);
    fill();
    return view;
}

function diffView(leftText, rightText) {
    const left = leftText.replace(/\n$/, '').split('\n');
    const right = rightText.replace(/\n$/, '').split('\n');
    return diffBox({left, right, edits: diffLines(left, right)}, ['buggy', 'fixed'], 'Diff');
}
