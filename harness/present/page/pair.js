/* One pair: its lesson, its fix, its source with what was said of it, and each report. */

const LESSON = [['story', 'Story'], ['wrong', 'Wrong'], ['why', 'Why'], ['fix', 'Fix'],
    ['rate', 'Rate'], ['limit', 'Limit']];

function lessonView(pair, title) {
    return section(title, make('dl', {class: 'lesson'},
        LESSON.filter(([key]) => pair[key]).map(([key, word]) => [
            make('dt', null, word), make('dd', null, prose(pair[key]))])),
        make('p', {class: 'chips'}, chips(listed(pair.roadmap, ','), 'station'),
            chips(listed(pair.cwe, ';'), 'rule'),
            pair.cert !== 'none' && chips(listed(pair.cert, ';'), 'rule')));
}

/* The verdict of each detector, and why; a link chooses the detector below. */
function verdictsView(pair, chosen, state) {
    return section('Verdicts', make('table', {class: 'verdicts'},
        make('thead', null, make('tr', null, ['detector', 'verdict', 'why'].map(
            (head) => make('th', {scope: 'col'}, head)))),
        make('tbody', null, pair.cells.map((cell) => make('tr',
            {class: cell === chosen ? 'chosen' : null},
            make('th', {scope: 'row'}, make('a', {'data-key': `verdict ${cell.detector}`,
                href: linkTo({show: pair.id, cell: cell.detector, twin: state.twin}),
                'aria-current': cell === chosen ? 'true' : null}, cell.detector)),
            make('td', null, verdictMark(cell.verdict)),
            make('td', null, cell.remarks.length > 0
                ? cell.remarks.map((remark) => make('p', null,
                    remark.verdict !== cell.verdict && [remark.verdict, ': '],
                    prose(remark.text)))
                : 'every promise to it was kept'))))));
}

/* Findings of the other twin's files do not belong in this source. */
function isIn(site, path) {
    return Boolean(site.file) && (site.file === path || site.file.endsWith(`/${path}`));
}

function marksOf(pair, twin, shown, others) {
    const marks = new Map(others);
    for (const cell of pair.cells.filter((candidate) => shown.has(candidate.detector))) {
        for (const finding of cell[twin] ? cell[twin].findings : []) {
            for (const site of finding.sites.filter((place) => isIn(place, pair[twin].path))) {
                addMark(marks, site.line, {who: cell.detector, defect: finding.defect,
                    act: site.act || finding.defect});
            }
        }
    }
    return marks;
}

function promisedLines(twin) {
    return new Set(twin.promises.flatMap((promise) => promise.lines));
}

/* The source with a box a detector that hides its marks; `others` are marks that always stand there. */
function markedSource(pair, twin, choose, others) {
    const shown = new Set(pair.cells.map((cell) => cell.detector));
    const place = make('div', {class: 'scroll', tabindex: 0, role: 'region',
        'aria-label': 'Source'});
    const fill = () => place.replaceChildren(sourceView(pair[twin].source,
        marksOf(pair, twin, shown, others), {promised: promisedLines(pair[twin]), choose,
            label: pair[twin].path, voices: pair.cells.length, header: 'the lesson above'}));
    const toggle = (event) => {
        shown[event.target.checked ? 'add' : 'delete'](event.target.value);
        fill();
    };
    fill();
    return make('div', {class: 'annotated'},
        make('fieldset', {class: 'boxes'}, make('legend', null, 'Marks of'),
            pair.cells.map((cell) => make('label', null, make('input',
                {type: 'checkbox', value: cell.detector, checked: true, change: toggle}),
            ` ${cell.detector}`))),
        place);
}

function runReport(cell, twin, version) {
    const run = cell[twin];
    const name = version ? `${cell.detector} ${version}` : cell.detector;
    if (!run) {
        return make('p', null, `${name} did not run here.`);
    }
    return make('div', {class: 'reports', id: 'reports', tabindex: -1},
        make('p', null, `Under ${name} the ${twin} program ${endingText(run)}.`),
        run.trouble && make('p', {class: 'trouble'}, run.trouble),
        run.findings.length === 0 && make('p', null, 'Nothing was reported.'),
        run.findings.map((finding) => findingView(finding,
            finding.defect === 'hang' ? run.explanation : null)));
}

function twinLinks(pair, cell, twin) {
    return make('p', {class: 'switch'}, ['buggy', 'fixed'].map((other) => [make('a', {
        href: linkTo({show: pair.id, cell: cell.detector, twin: other}),
        'data-key': `twin ${other}`, 'aria-current': other === twin ? 'true' : null},
    other), ' ']));
}

function detectorLinks(pair, cell, twin) {
    return make('p', {class: 'switch'}, pair.cells.map((other) => [make('a', {
        href: linkTo({show: pair.id, cell: other.detector, twin}),
        'data-key': `report ${other.detector}`, 'aria-current': other === cell ? 'true' : null},
    other.detector, ' ', make('span', {'aria-hidden': 'true'}, SYMBOLS[other.verdict])), ' ']));
}

/* The one asked for, or the first that said something. */
function chosenCell(pair, twin, name) {
    return pair.cells.find((cell) => cell.detector === name)
        || pair.cells.find((cell) => cell.verdict === 'kept' && cell[twin]
            && cell[twin].findings.length > 0)
        || pair.cells[0];
}

function sourceAndReports(data, pair, cell, twin) {
    const detector = data.detectors.find((other) => other.name === cell.detector);
    const choose = (mark) => {
        if (!mark.who.includes(cell.detector)) {
            location.hash = linkTo({show: pair.id, cell: mark.who[0], twin});
        }
        /* After the new report is there. */
        requestAnimationFrame(() => byId('reports') && byId('reports').focus());
    };
    return section('Source and reports',
        make('div', {class: 'split'},
            make('div', null, twinLinks(pair, cell, twin), markedSource(pair, twin, choose)),
            make('div', null, detectorLinks(pair, cell, twin),
                runReport(cell, twin, detector.version))));
}

/* What searches found of a twin. The steps' source is its own. */
function searchesView(pair, twin) {
    return pair.cells.map((cell) => {
        const search = cell[twin] && cell[twin].search;
        const places = search && search.schedule ? search.schedule.steps.map((step) => step.place)
            : [];
        const files = places.filter((place) => place && isIn(place, pair[twin].path)).map(
            (place) => [place.file, pair[twin].source]);
        return search && failingSchedule(cell.detector, search, Object.fromEntries(files));
    });
}

function pairDetail(data, pair, state) {
    const twin = state.twin === 'fixed' ? 'fixed' : 'buggy';
    const cell = chosenCell(pair, twin, state.cell);
    return [
        make('p', {class: 'title'}, prose(pair.title)),
        lessonView(pair, 'The lesson'),
        verdictsView(pair, cell, state),
        section('The fix', diffView(pair.buggy.source, pair.fixed.source)),
        sourceAndReports(data, pair, cell, twin),
        searchesView(pair, 'buggy'),
    ];
}
