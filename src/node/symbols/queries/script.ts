/** Definitions of JavaScript and TypeScript. */

const FUNCTION_VALUE = '[(arrow_function) (function_expression) (generator_function)]';

const COMMON = `
(function_declaration name: (_) @name) @function
(generator_function_declaration name: (_) @name) @function
(class_declaration name: (_) @name) @class
(method_definition name: [(property_identifier) (private_property_identifier)] @name) @method

(variable_declarator name: (identifier) @name value: ${FUNCTION_VALUE} @value) @function
(variable_declarator name: (identifier) @name value: (class) @value) @class
(program (lexical_declaration kind: "const" (variable_declarator name: (identifier) @name)) @constant)
(program (lexical_declaration kind: "let" (variable_declarator name: (identifier) @name)) @variable)
(program (variable_declaration (variable_declarator name: (identifier) @name)) @variable)
(export_statement (lexical_declaration kind: "const" (variable_declarator name: (identifier) @name)) @constant)
(export_statement (lexical_declaration kind: "let" (variable_declarator name: (identifier) @name)) @variable)
(export_statement (variable_declaration (variable_declarator name: (identifier) @name)) @variable)

(pair key: (property_identifier) @name value: ${FUNCTION_VALUE} @value) @entry

(assignment_expression
  left: (member_expression) @target right: (function_expression name: (identifier) @name) @value
  (#eq? @target "module.exports")) @function
(assignment_expression
  left: (member_expression object: (_) @owner property: (property_identifier) @name)
  right: ${FUNCTION_VALUE} @value
  (#match? @owner "^(module[.])?exports$")) @function
(assignment_expression
  left: (member_expression object: (_) @owner property: (property_identifier) @name)
  right: (assignment_expression right: ${FUNCTION_VALUE} @value)
  (#match? @owner "^(module[.])?exports$")) @function
(assignment_expression
  left: (member_expression object: (_) @owner property: [(property_identifier) (private_property_identifier)] @name)
  right: ${FUNCTION_VALUE} @value
  (#not-eq? @owner "module")) @method
(assignment_expression
  left: (member_expression object: (_) @owner property: (property_identifier) @name)
  right: (class) @value
  (#not-eq? @owner "module")) @class
(assignment_expression
  left: (member_expression object: (_) @owner property: (property_identifier) @name)
  right: (assignment_expression right: ${FUNCTION_VALUE} @value)
  (#not-eq? @owner "module")) @method
(program (expression_statement (assignment_expression
  left: (member_expression object: (_) @owner property: (property_identifier) @name))
  (#match? @owner "^(module[.])?exports$|[.]prototype$")) @constant)

(export_statement (_ name: (_) @name)) @wrap
(export_statement (_ (variable_declarator name: (_) @name))) @wrap
(lexical_declaration (variable_declarator name: (_) @name)) @wrap
(variable_declaration (variable_declarator name: (_) @name)) @wrap
(expression_statement (assignment_expression left: (member_expression property: (_) @name))) @wrap
(expression_statement (assignment_expression
  right: (assignment_expression left: (member_expression property: (_) @name)))) @wrap
(expression_statement (assignment_expression right: (function_expression name: (_) @name))) @wrap
`;

export const JAVASCRIPT_QUERY = `
${COMMON}
(field_definition property: [(property_identifier) (private_property_identifier)] @name value: ${FUNCTION_VALUE} @value) @method
(field_definition property: [(property_identifier) (private_property_identifier)] @name) @field
`;

export const TYPESCRIPT_QUERY = `
${COMMON}
(public_field_definition
  name: [(property_identifier) (private_property_identifier)] @name value: ${FUNCTION_VALUE} @value) @method
(public_field_definition name: [(property_identifier) (private_property_identifier)] @name) @field
(required_parameter (accessibility_modifier) pattern: (identifier) @name) @field
(abstract_class_declaration name: (_) @name) @class
(abstract_method_signature name: (property_identifier) @name) @method
(method_signature name: (property_identifier) @name) @method
(function_signature name: (_) @name) @function
(interface_declaration name: (_) @name) @interface
(interface_declaration body: (_ (property_signature name: (property_identifier) @name) @field))
(type_alias_declaration name: (_) @name) @type
(type_alias_declaration value: (object_type (property_signature name: (property_identifier) @name) @field))
(enum_declaration name: (_) @name) @enum
(internal_module name: (_) @name) @module
(module name: (_) @name) @module
(ambient_declaration (lexical_declaration (variable_declarator name: (identifier) @name)) @constant)
(ambient_declaration (_ name: (_) @name)) @wrap
(export_statement (ambient_declaration (_ name: (_) @name))) @wrap
(expression_statement (internal_module name: (_) @name)) @wrap
`;
