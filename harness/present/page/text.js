/* What would steer a terminal, the line or the direction of writing: it is shown, not obeyed. */
const STEERING = new RegExp(
    '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028\\u2029' +
    '\\u202a-\\u202e\\u2066-\\u2069\\ufeff]', 'g');

function spelt(character) {
    const code = character.charCodeAt(0);
    const hex = code.toString(16);
    return code < 256 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`;
}

function visible(text) {
    return text.replace(STEERING, spelt);
}

/* Sentences have names in backticks. */
function prose(text) {
    return (text || '').split('`').map(
        (part, i) => (i % 2 ? make('code', null, part) : part));
}

function plural(count, one, many) {
    return `${count} ${count === 1 ? one : many || `${one}s`}`;
}

/* Long paths are told by their last three parts. */
function shortPath(path) {
    return path ? path.split('/').slice(-3).join('/') : 'unknown file';
}

function placeText(place) {
    if (!place || !place.file) {
        return place && place.module ? `in ${shortPath(place.module)}` : 'at an unknown place';
    }
    return place.line > 0 ? `${shortPath(place.file)}:${place.line}` : shortPath(place.file);
}

/* "threads, is_alive" and "CWE-833 Deadlock; CWE-667 ..." as lists. */
function listed(text, separator) {
    return (text || '').split(separator).map((part) => part.trim()).filter(Boolean);
}

/* In the order of their weight; the words are those of the data. */
const SYMBOLS = {
    'kept': '✓',
    'blind': '○',
    'skipped': '–',
    'newly seen': '+',
    'missed': '✗',
    'unexpected': '!',
    'error': '⚠',
};

function verdictMark(word) {
    return make('span', {class: `verdict ${word.replace(' ', '-')}`},
        make('span', {class: 'symbol', 'aria-hidden': 'true'}, SYMBOLS[word] || '?'), ` ${word}`);
}

function chip(text, kind) {
    return make('span', {class: kind ? `chip ${kind}` : 'chip'}, text);
}

function chips(texts, kind) {
    return texts.map((text) => [chip(text, kind), ' ']);
}

/* "ended with status 0 after 185 ms" */
function endingText(run) {
    const after = run.duration_ms > 0 ? ` after ${run.duration_ms} ms` : '';
    switch (run.end) {
    case 'exited':
        return `ended with status ${run.status}${after}`;
    case 'signal':
        return `ended by signal ${run.status}${after}`;
    case 'hang':
        return `hung${after}`;
    case 'time limit':
        return `was ended at the time limit${after}`;
    case 'flood':
        return `was ended because it wrote without end${after}`;
    case 'not started':
        return `was not started (error ${run.status})`;
    default:
        return `${run.end}${after}`;
    }
}
