/*
 * What each thread did on its way to the fault, side by side: where it was made, how it came to the
 * place, which locks it held there, and what it did. Only the order within a column is known.
 */
const ORDER_NOTES = {
    'race': 'Read each column from top to bottom. Nothing is known of the order between the '
        + 'columns: the detector saw no synchronisation that puts one access before the other.',
    'lock-order': 'Read each column from top to bottom. The columns need not have met in this run: '
        + 'the locks were taken in orders that can block each other in another one.',
};

/* Sites of one thread stand in one column, in the tool's order. */
function columnsOf(finding) {
    const columns = [];
    for (const site of finding.sites) {
        const name = site.thread || 'a thread';
        const column = site.thread && columns.find((other) => other.name === name);
        if (column) {
            column.sites.push(site);
        } else {
            columns.push({name, sites: [site]});
        }
    }
    return columns;
}

function step(kind, what, ...detail) {
    return make('li', {class: `step ${kind}`}, make('span', {class: 'what'}, what), ' ', ...detail);
}

function madeStep(finding, name) {
    const made = (finding.backgrounds || []).find(
        (background) => background.kind === 'thread-made' && background.subject === name);
    const frame = made && (made.stack.find((candidate) => !candidate.foreign) || made.stack[0]);
    return frame && step('made', 'made', make('span', {class: 'place'}, placeText(frame)),
        frame.function && [' in ', make('code', null, frame.function)]);
}

/* The program's own frames above the site, outermost first. */
function callSteps(site) {
    const own = (site.stack || []).filter((frame) => !frame.foreign);
    return own.slice(1).reverse().map((frame) => step('call', 'calls from',
        make('code', null, frame.function || '?'), ' ',
        make('span', {class: 'place'}, placeText(frame))));
}

function lockText(site) {
    if (site.locks) {
        return prose(site.locks);
    }
    if (site.locks_held === null || site.locks_held === undefined) {
        return 'not told by this tool';
    }
    return site.locks_held === 0 ? 'none' : plural(site.locks_held, 'lock');
}

function siteSteps(site) {
    return [
        callSteps(site),
        step('locks', 'locks held', lockText(site)),
        step('act', prose(site.act || 'is here'), make('span', {class: 'place'}, placeText(site)),
            site.function && [' in ', make('code', null, site.function)]),
    ];
}

function timelineView(finding) {
    const columns = columnsOf(finding);
    const oneSided = finding.defect === 'race' && finding.sites.length === 1;
    return make('figure', {class: 'timeline'},
        make('div', {class: 'lanes'}, columns.map((column) => make('div', {class: 'lane'},
            make('h5', null, column.name),
            make('ol', null, madeStep(finding, column.name), column.sites.map(siteSteps)))),
            oneSided && make('div', {class: 'lane unknown'}, make('h5', null, 'the other side'),
                make('p', {class: 'quiet'}, 'This tool tells one of the two accesses alone.'))),
        make('figcaption', {class: 'quiet'}, ORDER_NOTES[finding.defect]
            || 'Read each column from top to bottom; the order between columns is not known.'));
}
