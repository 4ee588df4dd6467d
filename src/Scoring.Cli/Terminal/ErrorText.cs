using System.Security.Authentication;
using Google.Rpc;
using Scoring.Rpc;

namespace Scoring.Cli.Terminal;

/// <summary>What an error of the server says to people: what is wrong, in which field, and what to do.</summary>
internal static class ErrorText
{
    public static string Of(RpcException error, string address)
    {
        if (
            error.Code == StatusCode.Unavailable
            && !error.TryGetDetail<ErrorInfo>(out _)
            && !error.TryGetDetail<RetryInfo>(out _)
        )
        {
            if (IsOfTls(error))
            {
                return $"{address} cannot be trusted ({error.Message}). Name the authority of its certificate with --ca or SCORING_CA";
            }

            return $"no server answers at {address} ({error.Message}). Start one with "
                + "'dotnet run -c Release --project src/Scoring.Server', or name another with --address or SCORING_ADDRESS";
        }

        List<string> lines = [$"{Name(error.Code)}: {error.Message}"];
        if (error.TryGetDetail<BadRequest>(out var bad) && bad.FieldViolations.Count > 0)
        {
            // The message usually says it already when there is one.
            lines.AddRange(
                bad.FieldViolations.Where(violation =>
                        !error.Message.Contains(violation.Description, StringComparison.Ordinal)
                    )
                    .Select(violation => $"  {violation.Field}: {violation.Description}")
            );
        }

        if (error.TryGetDetail<RetryInfo>(out var retry) && retry.RetryDelay is not null)
        {
            lines.Add($"  try again in {retry.RetryDelay.ToTimeSpan().TotalSeconds:0.###} s");
        }

        return string.Join('\n', lines);
    }

    private static bool IsOfTls(Exception? error) =>
        error is AuthenticationException || (error is not null && IsOfTls(error.InnerException));

    private static string Name(StatusCode code) =>
        string.Concat(code.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{c}")).ToUpperInvariant();
}
