/** What a definition defines, told from a syntax tree or from a single line. */
export type SymbolKind =
  | 'function'
  | 'method'
  | 'class'
  | 'interface'
  | 'type'
  | 'enum'
  | 'struct'
  | 'trait'
  | 'module'
  | 'macro'
  | 'constant'
  | 'variable'
  | 'field'
  | 'constructor'
  | 'other';
