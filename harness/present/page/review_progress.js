/* What the rounds came to: families by strength, what to do next, and the rounds of earlier days. */

/* As review/progress.h has them: of fewer rounds a family is said to be neither. */
const STRONG_POINTS = 80;
const WEAK_POINTS = 60;
const FAMILY_ROUNDS = 3;
const HISTORY_SHOWN = 20;
const NEXT_PAIRS = 5;

const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

const recordFamily = (record) => record.pair.split('/')[0];

function strengthWord(rounds, points) {
    if (rounds < FAMILY_ROUNDS) {
        return 'too few rounds';
    }
    return points >= STRONG_POINTS ? 'strong' : points < WEAK_POINTS ? 'weak' : 'fair';
}

/* Each family with its finished rounds in sum, the weakest first. */
function familyStrengths(records) {
    return distinct(records.map(recordFamily)).map((family) => {
        const own = records.filter((record) => recordFamily(record) === family);
        const points = mean(own.map((record) => record.points));
        return {family, rounds: own.length, points, ms: mean(own.map((record) => record.ms)),
            word: strengthWord(own.length, points)};
    }).sort((a, b) => a.points - b.points || (a.family < b.family ? -1 : 1));
}

/* How well a pair is known, the least first: 0 new, 1 tried without success, 2 its innocent rounds alone, 3 mended. */
function standingOf(pair, records) {
    const own = records.filter((record) => record.pair === pair.id);
    const last = own.filter((record) => record.guilty).pop();
    return own.length === 0 ? 0 : !last ? 2 : last.mended ? 3 : 1;
}

/* Pairs that are not mended: of weak families first, new ones before others. */
function nextPairs(data, records) {
    const weak = familyStrengths(records).filter((one) => one.word === 'weak').map(
        (one) => one.family);
    const rank = (pair) => (weak.includes(pair.family) ? weak.indexOf(pair.family) : weak.length);
    return data.pairs.map((pair) => [pair, standingOf(pair, records)]).filter(
        ([, standing]) => standing < 3).sort(([a, ofA], [b, ofB]) => rank(a) - rank(b)
            || ofA - ofB).slice(0, NEXT_PAIRS).map(([pair]) => pair);
}

function strengthsView(records) {
    return make('table', {class: 'verdicts'},
        make('thead', null, make('tr', null, ['family', 'strength', 'points a round', 'rounds',
            'time a round'].map((head) => make('th', {scope: 'col'}, head)))),
        make('tbody', null, familyStrengths(records).map((family) => make('tr', null,
            make('th', {scope: 'row'}, family.family),
            make('td', {class: {strong: 'right', weak: 'wrong'}[family.word]}, family.word),
            make('td', null, Math.round(family.points)), make('td', null, family.rounds),
            make('td', null, clockText(family.ms))))));
}

function historyView(records) {
    const latest = records.slice(-HISTORY_SHOWN).reverse();
    return folded(`The latest ${plural(latest.length, 'round')}`, () => make('table',
        {class: 'verdicts'},
        make('thead', null, make('tr', null, ['when', 'pair', 'points', 'hints', 'time'].map(
            (head) => make('th', {scope: 'col'}, head)))),
        make('tbody', null, latest.map((record) => make('tr', null,
            make('th', {scope: 'row'}, new Date(record.at).toLocaleString()),
            make('td', null, make('code', null, record.change || record.pair)),
            make('td', null, record.points), make('td', null, record.hints),
            make('td', null, clockText(record.ms)))))));
}

function summaryView(data, records) {
    if (records.length === 0) {
        return null;
    }
    const next = nextPairs(data, records);
    return section('Strong and weak', make('p', null,
        `Over all ${plural(records.length, 'round')} that this browser remembers: `,
        `${Math.round(mean(records.map((record) => record.points)))} points a round.`),
    strengthsView(records),
    next.length > 0 && [make('h4', null, 'Pairs to read next'),
        make('ul', {class: 'told'}, next.map((pair) => make('li', null,
            pairLink(pair.id, pair.id), `: ${pair.title || ''}`)))],
    historyView(records));
}
