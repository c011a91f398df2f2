/* The truth of a round: what the answers were worth, and what was recorded of the program and of each patch. */

const PATCH_SAID = {
    moves: 'wrong: the bug is elsewhere now, or half mended',
    hides: 'wrong: the bug is still there, and a detector that reported it is silent',
    serial: 'wrong: the bug is gone with the concurrency',
};

/* What was recorded of a round's or a patch's program: the pair, or the change, with its cells; undefined where that was not
 * run. A wrong patch and a refactoring may have the same name. */
function recordOf(data, pair, {change, twin}) {
    if (change === null) {
        const own = data.pairs.find((other) => other.id === pair);
        const searched = data.review.searches.find((other) => other.pair === pair);
        return searched ? {...own, cells: [...own.cells, ...searched.cells]} : own;
    }
    return data.review.changes.find((other) => other.id === change && other[twin]);
}

function verdictSentence(round, answer) {
    const marks = answerMarks(round, answer);
    if (answer.verdict === 'accepted') {
        return marks.right ? 'Rightly accepted: nothing is wrong with it'
            : 'Accepted, and it has a bug';
    }
    return marks.right ? 'Rightly rejected: it has a bug' : 'Rejected, and nothing is wrong with it';
}

function percent(part) {
    return `${Math.round(100 * part)}\u00a0%`;
}

function classWords(review, defect) {
    const known = review.classes.find(([word]) => word === defect);
    return known ? known[1] : defect;
}

/* What stands beside the points of each answer. */
function pointsDetail(review, round, answer, what) {
    const {lines} = answerMarks(round, answer);
    switch (what) {
    case 'verdict':
        return answer.verdict;
    case 'lines':
        return `${lines.hit} of ${plural(lines.wanted, 'line')} found with `
            + `${plural(lines.counted, 'mark')}: precision ${percent(lines.precision)}, `
            + `recall ${percent(lines.recall)}`;
    case 'class':
        return [answer.defect ? `you: ${classWords(review, answer.defect)}; ` : '', 'it is ',
            round.classes.map((defect) => classWords(review, defect)).join(', or ')];
    default:
        return [answer.option === null ? '' : `you: patch ${answer.option + 1}; `,
            `right: patch ${round.options.findIndex((option) => option.right) + 1}`];
    }
}

function pointsView(review, round, answer) {
    const marks = answerMarks(round, answer);
    return make('table', {class: 'verdicts points'},
        make('thead', null, make('tr', null, ['answer', 'points', 'why'].map(
            (head) => make('th', {scope: 'col'}, head)))),
        make('tbody', null,
            marks.rows.map(([what, got, of]) => make('tr', null,
                make('th', {scope: 'row'}, what), make('td', null, `${got} of ${of}`),
                make('td', null, pointsDetail(review, round, answer, what)))),
            marks.price > 0 && make('tr', null, make('th', {scope: 'row'}, 'hints'),
                make('td', null, `−${marks.price}`), make('td', null, `${answer.hints} taken`)),
            make('tr', null, make('th', {scope: 'row'}, 'sum'), make('td', null, marks.points),
                make('td', null, `in ${clockText(answer.ms)}`))));
}

/* On the lines of the annotated source. */
function answeredMarks(round, answer) {
    const marks = new Map();
    round.sources.forEach((line, i) => {
        const marked = answer.marked.includes(i + 1);
        const said = {w: marked ? '✓ found' : '✗ takes part, not marked',
            n: marked && '~ marked, beside it',
            '.': marked && '✗ marked, takes no part'}[round.parts[i]];
        if (said) {
            addMark(marks, line, {who: 'you', defect: 'you', act: said});
        }
    });
    return marks;
}

/* What one detector said: a fold whose title tells whether it did. */
function recordedReport(data, cell, twin, open) {
    const detector = data.detectors.find((other) => other.name === cell.detector);
    const run = cell[twin];
    const count = run ? run.findings.length : 0;
    const title = [make('b', null, cell.detector), ': ', !run ? 'did not run'
        : count > 0 ? prose(run.findings[0].sentence) : 'says nothing of it',
    count > 1 && ` (and ${count - 1} more)`];
    return folded(title, () => [runReport(cell, twin, detector && detector.version),
        count === 0 && cell.remarks.map((remark) => make('p', null, prose(remark.text)))],
    {class: 'said', 'data-detector': cell.detector, open});
}

function recordedReports(data, record, twin) {
    const speaks = record.cells.find((cell) => cell[twin] && cell[twin].findings.length > 0);
    return record.cells.map((cell) => recordedReport(data, cell, twin, cell === speaks));
}

/* Its own reports and hang explanations; of a patch that no detector speaks of, that. */
function patchReports(data, option, pair) {
    const record = recordOf(data, pair, option);
    if (!record) {
        return make('p', {class: 'quiet'}, 'It was not run for this page.');
    }
    const spoke = record.cells.filter((cell) => cell[option.twin]
        && cell[option.twin].findings.length > 0);
    return [
        spoke.map((cell) => recordedReport(data, cell, option.twin, false)),
        spoke.length === 0 && make('p', null, option.right ? 'No detector reports anything of it.'
            : 'No detector reports anything of it in these runs.'),
        option.right ? null : searchesView(record, option.twin),
    ];
}

function patchTruth(data, round, answer, option, index) {
    const said = option.right ? 'right' : PATCH_SAID[option.kind] || 'wrong: it leaves the bug';
    return make('article', {class: 'patch'},
        make('h4', null, `Patch ${index + 1}: ${said} `,
            answer.option === index && chip('your choice', 'defect')),
        option.why && make('p', null, prose(option.why)),
        folded('The patch', () => reviewDiff(option.diff, round.text, 'left', `Patch ${index + 1}`)),
        patchReports(data, option, round.pair));
}

function programName(round) {
    return round.change === null ? [`the ${round.twin} program of `, make('code', null, round.pair)]
        : [isGuilty(round) ? 'a wrong patch of ' : 'a refactoring of ',
            make('code', null, round.pair), ': ', make('code', null, round.change)];
}

function pairLink(id, text) {
    return make('a', {href: hashOf({show: id})}, text);
}

function recordedView(data, round, answer) {
    const record = recordOf(data, round.pair, round);
    if (!record) {
        return section('What the detectors say', make('p', {class: 'quiet'},
            'This program was not run for this page.'));
    }
    const reports = make('div', null, recordedReports(data, record, round.twin));
    const choose = (mark) => {
        const report = reports.querySelector(`[data-detector="${CSS.escape(mark.who[0])}"]`);
        if (report) {
            report.open = true;
            report.querySelector('summary').focus();
        }
    };
    return [
        section('The source, with your marks and theirs', make('p', {class: 'quiet'},
            'This is the annotated source. Its lines have other numbers than those that you saw.'),
        markedSource(record, round.twin, choose, answeredMarks(round, answer))),
        section('What the detectors say', reports),
        searchesView(record, round.twin),
    ];
}

function truthView(data, round, answer, next) {
    const pair = data.pairs.find((other) => other.id === round.pair);
    const marks = answerMarks(round, answer);
    return [
        make('h3', {tabindex: -1, 'data-first': true, class: marks.right ? 'right' : 'wrong'},
            make('span', {'aria-hidden': 'true'}, marks.right ? '✓ ' : '✗ '),
            `${verdictSentence(round, answer)}. ${marks.points} of 100 points.`),
        make('p', null, 'It was ', programName(round), '. ', pairLink(round.pair, 'The pair’s page'),
            ' has both twins; so does ', make('code', null, `racelab show ${round.pair}`), '.'),
        round.why && make('p', null, prose(round.why)),
        make('p', null, next),
        pointsView(data.review, round, answer),
        lessonView(pair, round.change === null ? 'The lesson' : 'The lesson of the pair'),
        recordedView(data, round, answer),
        round.options.length > 0 && section('The patches', round.options.map(
            (option, i) => patchTruth(data, round, answer, option, i))),
        make('p', null, next.cloneNode(true)),
    ];
}
