/** Words that say nothing about where something is: English function words and the words in which questions are put. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a about above after again against all also although always am an and any are aren as at be became because become ' +
    'been before being below between both but by can cannot could couldn did didn do does doesn doing don done down ' +
    'during each either else ever every few for from further had hadn has hasn have haven having he hence her here ' +
    'hers him his how however i if in instead into is isn it its itself just lets like likely many may me might more ' +
    'most much must my nor not now of off often on once one only onto or other our ours out over own per please quite ' +
    'rather re s same several shall she should shouldn since so some such t than that the their them then there these ' +
    'they this those though through thus to too toward under until up upon us ve very via was wasn way we were weren ' +
    'what whatever when where whether which while who whom whose why will with within without won would wouldn yes yet ' +
    'you your yours codebase repository workspace explain describe tell show find happen happens responsible ' +
    'implementation implemented implement purpose mechanism ensure ensures relationship role specific thing things'
  ).split(' '),
);
