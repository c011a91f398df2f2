/* The overview of a run: pairs by detectors. */

function pairText(pair) {
    if (!pair.searched) {
        const said = pair.cells.flatMap((cell) => [
            ...cell.remarks.map((remark) => remark.text),
            ...[cell.buggy, cell.fixed].flatMap((run) => (run
                ? run.findings.flatMap((finding) => [finding.sentence, finding.object]) : [])),
        ]);
        pair.searched = [pair.id, pair.title, pair.story, pair.wrong, pair.why, pair.fix,
            pair.roadmap, pair.cwe, pair.cert, ...said].join('\n').toLowerCase();
    }
    return pair.searched;
}

function pairMatches(pair, state) {
    const cells = pair.cells.filter((cell) => !state.detector || cell.detector === state.detector);
    return hasWords(pairText(pair), state.q)
        && (!state.family || pair.family === state.family)
        && (!state.verdict || cells.some((cell) => cell.verdict === state.verdict))
        && (!state.station || listed(pair.roadmap, ',').includes(state.station))
        && (!state.defect
            || pair.buggy.promises.some((promise) => promise.defect === state.defect));
}

function matrixHead(detectors) {
    return make('thead', null, make('tr', null, make('th', {scope: 'col'}, 'pair'),
        detectors.map((detector) => make('th', {scope: 'col'}, detector.name,
            detector.version && make('span', {class: 'version'}, ` ${detector.version}`)))));
}

function matrixRow(pair, detectors) {
    const cell = (detector) => pair.cells.find((other) => other.detector === detector.name);
    return make('tr', {role: 'row', 'data-row': true},
        make('th', {scope: 'row', role: 'rowheader'},
            gridLink({show: pair.id}, null, pair.id.split('/')[1] || pair.id),
            make('span', {class: 'about'}, ` ${pair.title || ''}`)),
        detectors.map((detector) => make('td', {role: 'gridcell'},
            gridLink({show: pair.id, cell: detector.name},
                `${pair.id} under ${detector.name}: ${cell(detector).verdict}`,
                make('span', {class: 'who'}, `${detector.name} `),
                verdictMark(cell(detector).verdict)))));
}

function matrixTable(data, pairs, state) {
    const detectors = data.detectors.filter(
        (detector) => !state.detector || detector.name === state.detector);
    const families = distinct(pairs.map((pair) => pair.family));
    return equipGrid(make('table', {class: 'matrix', role: 'grid',
        'aria-label': 'Verdicts, pairs by detectors'}, matrixHead(detectors),
        families.map((family) => make('tbody', null,
            make('tr', {class: 'family'}, make('th',
                {scope: 'rowgroup', colspan: detectors.length + 1}, family)),
            pairs.filter((pair) => pair.family === family).map(
                (pair) => matrixRow(pair, detectors))))));
}

function verdictCounts(data) {
    const counts = new Map(data.verdicts.map((word) => [word, 0]));
    for (const cell of data.pairs.flatMap((pair) => pair.cells)) {
        counts.set(cell.verdict, counts.get(cell.verdict) + 1);
    }
    return [...counts].filter(([, count]) => count > 0);
}

/* What main.js shows of a run. */
function runView(data) {
    const detectors = data.detectors.map((detector) => detector.name);
    const defects = data.pairs.flatMap(
        (pair) => pair.buggy.promises.map((promise) => promise.defect));
    return {
        items: data.pairs,
        noun: ['pair', 'pairs'],
        id: (pair) => pair.id,
        summary: () => [plural(data.pairs.length, 'pair'), ' under ',
            plural(detectors.length, 'detector'), ': ',
            verdictCounts(data).map(([word, count], i) => [i > 0 && ', ', `${count} `,
                verdictMark(word)])],
        filters: [
            {name: 'family', label: 'Family',
                options: options(distinct(data.pairs.map((pair) => pair.family)))},
            {name: 'verdict', label: 'Verdict',
                options: options(verdictCounts(data).map(([word]) => word))},
            {name: 'detector', label: 'Detector', options: options(detectors)},
            {name: 'station', label: 'Roadmap', options: options(distinct(
                data.pairs.flatMap((pair) => listed(pair.roadmap, ','))))},
            {name: 'defect', label: 'Defect', options: options(distinct(defects))},
        ],
        nothing: 'No pair was run.',
        matches: pairMatches,
        overview: (pairs, state) => matrixTable(data, pairs, state),
        title: (pair) => pair.id,
        detail: (pair, state) => pairDetail(data, pair, state),
    };
}
