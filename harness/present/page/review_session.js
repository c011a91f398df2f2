/*
 * What was answered in a round, what is asked next and what it is worth: as review/session.c has it.
 */
const HINT_PRICES = [10, 20, 30];
const REVIEW_STAGES = [['verdict', 'Verdict'], ['lines', 'Lines'], ['class', 'Class'],
    ['patch', 'Patch'], ['truth', 'Truth']];

function newAnswer() {
    return {stage: 'verdict', verdict: null, marked: [], defect: null, option: null, hints: 0,
        ms: 0, at: null};
}

const isGuilty = (round) => round.twin === 'buggy';

/* Each answers what the stage asks, and goes on. */
function answerVerdict(round, answer, verdict) {
    answer.verdict = verdict;
    answer.stage = isGuilty(round) && verdict === 'rejected' ? 'lines' : 'truth';
}

function answerLines(round, answer) {
    answer.stage = 'class';
}

function answerClass(round, answer, defect) {
    answer.defect = defect;
    answer.stage = round.options.length > 0 ? 'patch' : 'truth';
}

function answerPatch(round, answer, option) {
    answer.option = option;
    answer.stage = 'truth';
}

/* What the next hint costs; 0: there is none. */
function nextHintPrice(answer) {
    return answer.stage === 'truth' ? 0 : HINT_PRICES[answer.hints] || 0;
}

/* `f1` is the harmonic mean of precision and recall, as two whole numbers. */
function lineMarks(round, answer) {
    const wanted = [...round.parts].filter((part) => part === 'w').length;
    const counted = answer.marked.filter((line) => round.parts[line - 1] !== 'n');
    const hit = counted.filter((line) => round.parts[line - 1] === 'w').length;
    return {wanted, counted: counted.length, hit,
        precision: counted.length > 0 ? hit / counted.length : 0,
        recall: wanted > 0 ? hit / wanted : 0,
        f1: [2 * hit, wanted + counted.length]};
}

/* Of so many points, rounded as whole numbers are. */
function linePoints(lines, most) {
    const [part, whole] = lines.f1;
    return whole > 0 ? Math.floor((part * most + Math.floor(whole / 2)) / whole) : 0;
}

/* Points of an innocent round hang on its verdict alone. Each row: [what, got, of]. */
function answerMarks(round, answer) {
    const guilty = isGuilty(round);
    const right = answer.verdict === (guilty ? 'rejected' : 'accepted');
    const price = HINT_PRICES.slice(0, answer.hints).reduce((sum, one) => sum + one, 0);
    const lines = lineMarks(round, answer);
    const asked = round.options.length > 0;
    const ofLines = asked ? 30 : 50;
    const option = answer.option === null ? null : round.options[answer.option];
    const rows = guilty ? [
        ['verdict', right ? 30 : 0, 30],
        ['lines', right ? linePoints(lines, ofLines) : 0, ofLines],
        ['class', round.classes.includes(answer.defect) ? 20 : 0, 20],
        ...(asked ? [['patch', option && option.right ? 20 : 0, 20]] : []),
    ] : [['verdict', right ? 100 : 0, 100]];
    const sum = rows.reduce((total, [, got]) => total + got, 0);
    const full = (name) => rows.some(([what, got, of]) => what === name && got === of);
    return {guilty, right, price, lines, rows, points: Math.max(sum - price, 0),
        /* The pair's bug is known: where no patch could be chosen, half of the lines stand for that. */
        mended: guilty && right && full('class') && (asked ? full('patch') : lines.recall >= .5)};
}
