using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using Scoring.V1;

namespace Scoring.Cli.Events;

/// <summary>Ids of corrections that were given none: the same for the same correction, so that a command or file that is run again corrects nothing more.</summary>
internal static class CorrectionIds
{
    /// <summary>The id of a correction.</summary>
    /// <param name="correction">The correction, without an id.</param>
    /// <param name="number">How many of the same come before it.</param>
    public static string Of(EventCorrection correction, int number)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(correction.ToByteArray()).AsSpan(0, 16));
        return number == 0 ? hash : string.Create(CultureInfo.InvariantCulture, $"{hash}-{number + 1}");
    }
}
