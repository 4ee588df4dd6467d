using Scoring.Cli;
using Scoring.Cli.Terminal;

return await ScoringCommand.RunAsync(args, Screen.OfProcess());
