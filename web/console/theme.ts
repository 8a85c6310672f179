import { createTheme, type CSSVariablesResolver, type MantineColorsTuple, Popover } from '@mantine/core';

/** The accent in ten steps; step 7 is --accent in light, step 4 in dark. */
const petrol: MantineColorsTuple = [
  '#e2f4f9', '#c9e7ef', '#abd8e4', '#83c9da', '#55b6cc',
  '#3a9cb2', '#208498', '#0b6c80', '#055666', '#034350',
];

/** Mantine dressed in kit/tokens.css; what floats gets its classes here, in one place. */
export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 4 },
  colors: { petrol },
  defaultRadius: 6,
  fontFamily: 'var(--font)',
  fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '14px', xl: '16px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  cursorType: 'pointer',
  autoContrast: true,
  respectReducedMotion: true,
  components: {
    Popover: Popover.extend({ classNames: { dropdown: 'psheet' }, defaultProps: { transitionProps: { duration: 0 } } }),
  },
});

/** The same names in both schemes: tokens.css itself listens to Mantine's attribute. */
const variables = {
  '--mantine-color-body': 'var(--surface)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--ink-3)',
  '--mantine-color-placeholder': 'var(--ink-3)',
  '--mantine-color-error': 'var(--bad-ink)',
  '--mantine-color-default-border': 'var(--line-2)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-primary-color-filled': 'var(--accent)',
  '--mantine-primary-color-filled-hover': 'var(--accent-hover)',
  '--mantine-primary-color-contrast': 'var(--on-accent)',
  '--mantine-primary-color-light': 'var(--accent-soft)',
  '--mantine-primary-color-light-color': 'var(--accent-ink)',
  '--mantine-color-anchor': 'var(--accent-ink)',
};

export const resolver: CSSVariablesResolver = () => ({ variables: {}, light: variables, dark: variables });
