/*
 * What a trainee did, kept by the browser: an item for each round of these rounds that was begun, and the history of all
 * that were finished. Where the browser keeps nothing, it lasts as long as the page. All pages opened from files may share
 * one storage, so that the items' names tell which rounds they are of.
 */
const KEPT = 'racelab.review.';
const HISTORY_KEPT = `${KEPT}history`;

/* FNV-1a of 32 bits: the rounds of a page are told from those of others, nothing more. */
function digestOf(text) {
    let hash = 0x811c9dc5;
    for (let i = 0; i < text.length; i++) {
        hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
    }
    return hash.toString(36);
}

function isAnswer(value, round) {
    const isCount = (number) => Number.isInteger(number) && number >= 0;
    return value !== null && typeof value === 'object'
        && REVIEW_STAGES.some(([stage]) => stage === value.stage)
        && [null, 'accepted', 'rejected'].includes(value.verdict)
        && Array.isArray(value.marked)
        && value.marked.every((line) => isCount(line) && line > 0 && line <= round.parts.length)
        && (value.defect === null || typeof value.defect === 'string')
        && (value.option === null
            || (isCount(value.option) && value.option < round.options.length))
        && isCount(value.hints) && value.hints <= HINT_PRICES.length
        && typeof value.ms === 'number' && value.ms >= 0;
}

function isRecord(value) {
    return value !== null && typeof value === 'object' && typeof value.pair === 'string'
        && typeof value.points === 'number' && typeof value.at === 'number'
        && typeof value.ms === 'number' && typeof value.hints === 'number'
        && typeof value.guilty === 'boolean' && typeof value.mended === 'boolean';
}

/* `tell` is called with a sentence when something goes wrong, once for each kind. */
function reviewStore(rounds, tell) {
    const prefix = `${KEPT}${digestOf(JSON.stringify(
        rounds.map((round) => [round.form, round.text, round.diff, round.options])))}.`;
    const told = new Set();
    const untouchable = new Set(); /* what could not be read is not overwritten either */
    const trouble = (kind, sentence) => {
        if (!told.has(kind)) {
            told.add(kind);
            tell(sentence);
        }
    };
    const guarded = (action) => {
        try {
            return action(window.localStorage);
        } catch (error) {
            trouble('storage', error.name === 'QuotaExceededError'
                ? 'The browser has no room left for your progress: from now on it lasts as long as '
                    + 'this page is open.'
                : 'The browser keeps nothing for this page: your progress lasts as long as it is '
                    + 'open.');
            return null;
        }
    };
    const read = (name, valid) => {
        const text = guarded((storage) => storage.getItem(name));
        if (text === null) {
            return null;
        }
        try {
            const value = JSON.parse(text);
            if (valid(value)) {
                return value;
            }
        } catch (error) {
            /* Told below. */
        }
        untouchable.add(name);
        trouble('unreadable', 'Some of what the browser kept of earlier rounds cannot be read. It is '
            + 'left as it is, and what you do now is not kept in its place; Reset removes it.');
        return null;
    };
    const write = (name, value) => !untouchable.has(name)
        && guarded((storage) => storage.setItem(name, JSON.stringify(value)));
    const remove = (begin) => guarded((storage) => {
        for (const name of Object.keys(storage).filter((key) => key.startsWith(begin))) {
            storage.removeItem(name);
            untouchable.delete(name);
        }
    });
    const readHistory = () => read(HISTORY_KEPT,
        (value) => Array.isArray(value) && value.every(isRecord));
    const load = () => rounds.map((round, i) => read(`${prefix}${i}`,
        (value) => isAnswer(value, round)) || newAnswer());

    const store = {
        answers: load(),
        history: readHistory() || [],
        save: (index) => write(`${prefix}${index}`, store.answers[index]),
        /* Another page may have added to it meanwhile. */
        append: (record) => {
            store.history = [...(readHistory() || store.history), record];
            write(HISTORY_KEPT, store.history);
        },
        restart: () => {
            remove(prefix);
            store.answers = rounds.map(newAnswer);
        },
        clear: () => {
            remove(KEPT);
            store.answers = rounds.map(newAnswer);
            store.history = [];
        },
    };
    return store;
}
