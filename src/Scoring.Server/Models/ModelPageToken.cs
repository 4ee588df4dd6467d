using System.Buffers.Text;
using System.Text;
using Scoring.Core.Recording;
using Scoring.Server.Errors;
using Scoring.Server.Fields;

namespace Scoring.Server.Models;

/// <summary>Where a page of models ends: the name of its last one, in a form that invites nobody to build on it.</summary>
internal static class ModelPageToken
{
    private const string Prefix = "models/1/";
    private const int LongestToken = 128;

    public static string After(string name) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Prefix + name));

    /// <summary>The name behind a token; empty for the first page.</summary>
    public static string Read(string token)
    {
        if (token.Length == 0)
        {
            return "";
        }
        if (token.Length <= LongestToken && Base64Url.IsValid(token))
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
            if (text.StartsWith(Prefix, StringComparison.Ordinal))
            {
                return text[Prefix.Length..];
            }
        }
        throw CallErrors.From(
            new FieldFault(
                RejectionReason.FieldInvalid,
                "page_token",
                "must be the next_page_token of an earlier answer, or empty for the first page"
            )
        );
    }
}
