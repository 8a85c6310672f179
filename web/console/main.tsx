import '@mantine/core/styles.css';
import '../kit/inter.css';
import '../kit/tokens.css';
import '../kit/base.css';
import '../kit/frame.css';
import { MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { resolver, theme } from './theme';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto">
      <main className="top"><h1>parley</h1></main>
    </MantineProvider>
  </StrictMode>,
);
