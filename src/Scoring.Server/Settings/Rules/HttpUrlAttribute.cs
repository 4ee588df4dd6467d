using System.ComponentModel.DataAnnotations;

namespace Scoring.Server.Settings.Rules;

/// <summary>Wants a URL that HTTP can be spoken to.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HttpUrlAttribute()
    : ValidationAttribute("an absolute http or https URL such as http://127.0.0.1:4317")
{
    public override bool IsValid(object? value) =>
        value is Uri { IsAbsoluteUri: true } url
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);
}
