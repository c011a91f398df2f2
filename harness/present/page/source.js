/* Source text with what detectors said of its lines in the margin. */

/* Comments are told from code: {text, comment} parts of each line. Strings are minded, so that
 * "//" in one does not begin a comment. */
const C_TOKENS = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;

function commentParts(source) {
    const parts = [];
    let from = 0;
    for (const match of source.matchAll(C_TOKENS)) {
        if (match[0].startsWith('/')) {
            parts.push({text: source.slice(from, match.index), comment: false});
            parts.push({text: match[0], comment: true});
            from = match.index + match[0].length;
        }
    }
    parts.push({text: source.slice(from), comment: false});
    return parts;
}

/* One list of nodes a line. */
function codeLines(source) {
    const lines = [[]];
    for (const part of commentParts(source.replace(/\n$/, ''))) {
        part.text.split('\n').forEach((text, i) => {
            if (i > 0) {
                lines.push([]);
            }
            if (text) {
                lines[lines.length - 1].push(
                    part.comment ? make('span', {class: 'comment'}, text) : text);
            }
        });
    }
    return lines;
}

/* Marks of one line that say the same are one, with the names of all who say it. */
function mergeMarks(marks) {
    const merged = new Map();
    for (const mark of marks) {
        const key = `${mark.defect} ${mark.act}`;
        const same = merged.get(key) || {defect: mark.defect, act: mark.act, who: []};
        if (!same.who.includes(mark.who)) {
            same.who.push(mark.who);
        }
        merged.set(key, same);
    }
    return [...merged.values()];
}

function markView(mark, options) {
    const all = options.voices > 1 && mark.who.length === options.voices;
    const text = [make('b', null, all ? 'all' : mark.who.join(', ')), ': ', prose(mark.act)];
    const choose = mark.defect !== 'you' && options.choose; /* the reader has no report */
    return choose
        ? make('button', {type: 'button', class: `mark ${mark.defect}`,
            title: `${mark.defect}: show the report`, click: () => choose(mark)}, text)
        : make('span', {class: `mark ${mark.defect}`}, text);
}

/*
 * marks: Map from line number to a list of {who, act, defect}. Options: `promised` (lines to set
 * off), `from` and `to` (1-based; else all lines), `choose` (called with a mark that is pressed),
 * `header` (what is said of the comment at the top, which is then folded), `voices` (how many can
 * speak: where all say the same, they are not named).
 */
function sourceView(source, marks, options) {
    const lines = codeLines(source);
    const from = Math.max(options.from || 1, 1);
    const to = Math.min(options.to || lines.length, lines.length);
    const rows = [];
    const row = (number) => {
        const here = mergeMarks(marks.get(number) || []);
        const kinds = ['line', here.length > 0 && 'marked',
            options.promised && options.promised.has(number) && 'promised'];
        return make('li', {class: kinds.filter(Boolean).join(' '), value: number},
            make('span', {class: 'number', 'aria-hidden': 'true'}, number),
            make('code', null, lines[number - 1]),
            here.length > 0 && make('span', {class: 'marks'},
                here.map((mark) => markView(mark, options))));
    };
    const header = options.header ? headerLines(source) : 0;
    if (header > 0) {
        const fold = make('li', {class: 'line fold'}, make('button', {type: 'button',
            click: () => fold.replaceWith(...range(1, header).map(row))},
        `lines 1 to ${header}: ${options.header}`));
        rows.push(fold);
    }
    rows.push(...range(Math.max(from, header + 1), to).map(row));
    return make('ol', {class: 'source', 'aria-label': options.label || 'Source'}, rows);
}

/* How many lines the comment at the top has; 0 where there is none. */
function headerLines(source) {
    const comment = source.match(/^\/\*[\s\S]*?\*\/\n/);
    return comment ? comment[0].split('\n').length - 1 : 0;
}

function range(from, to) {
    return Array.from({length: Math.max(to - from + 1, 0)}, (_, i) => from + i);
}

function addMark(marks, line, mark) {
    if (line > 0) {
        marks.set(line, [...(marks.get(line) || []), mark]);
    }
}
