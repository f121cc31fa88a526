export const ASK_BOX = 'ask';

/** Where the focus goes when the control that had it is gone. */
export const focusAskBox = (): void => document.getElementById(ASK_BOX)?.focus();
